using System.Text;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

public sealed class TufStoreTests
{
    private DirectoryInfo _folder = null!;
    private TufBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("hwlab-store-");
        _bench = new TufBench();
    }

    [TearDown]
    public void TearDown()
    {
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public void What_is_written_is_read_by_another_store_of_the_folder()
    {
        new FileTufStore(_folder.FullName).Write("a", [1]);
        new FileTufStore(_folder.FullName).Write("a", [1, 2]);
        Assert.Multiple(() =>
        {
            Assert.That(new FileTufStore(_folder.FullName).Read("a"), Is.EqualTo(new byte[] { 1, 2 }));
            Assert.That(new FileTufStore(_folder.FullName).Read("b"), Is.Null);
            Assert.That(_folder.GetFiles("*", SearchOption.AllDirectories), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void A_folder_that_cannot_be_written_is_a_storage_error()
    {
        var e = Assert.Throws<TufException>(() => new FileTufStore("/proc/hwlab"));
        Assert.That(e!.Code, Is.EqualTo(TufErrorCode.Storage));
    }

    /// <summary>Every write of a refresh is, in turn, the one that the power cut prevents.</summary>
    [Test]
    public async Task A_power_cut_at_any_write_leaves_a_store_to_go_on_from()
    {
        var store = new FileTufStore(_folder.FullName);
        TufClient.Initialize(store, _bench.Repository.ReadRoot());
        await _bench.Client(store).RefreshAsync(default);
        for (var cut = 0; cut < 4; cut++)
        {
            foreach (var role in TufRoles.TopLevel)
            {
                _bench.Repository.Touch(role);
            }
            var expected = _bench.Repository.Publish();
            var dying = _bench.Client(new CutStore(store, cut));
            await Assert.ThrowsAsync<PowerCutException>(() => dying.RefreshAsync(default));
            Assert.That(await _bench.Client(store).RefreshAsync(default), Is.EqualTo(expected));
        }
    }

    [Test]
    public async Task A_damaged_store_is_refreshed_from_the_root()
    {
        var store = new FileTufStore(_folder.FullName);
        TufClient.Initialize(store, _bench.Repository.ReadRoot());
        var versions = await _bench.Client(store).RefreshAsync(default);
        foreach (var role in TufRoles.TopLevel.Skip(1))
        {
            store.Write(role, "{ damaged"u8);
        }
        Assert.That(await _bench.Client(store).RefreshAsync(default), Is.EqualTo(versions));
        store.Write(TufRoles.Root, "{ damaged"u8);
        await TufClientTests.RefusedAsync(TufErrorCode.NoRoot, () => _bench.Client(store).RefreshAsync(default));
    }

    [Test]
    public void Key_files_are_private_and_come_back_equal()
    {
        var path = Path.Combine(_folder.FullName, "keys", "root.pem");
        using var made = EcdsaTufSigner.LoadOrCreate(path);
        using var read = EcdsaTufSigner.LoadOrCreate(path);
        Assert.Multiple(() =>
        {
            Assert.That(read.Key, Is.EqualTo(made.Key));
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        });
        File.WriteAllText(path, "nonsense");
        var e = Assert.Throws<TufException>(() => EcdsaTufSigner.LoadOrCreate(path));
        Assert.That(e!.Code, Is.EqualTo(TufErrorCode.Storage));
    }

    [Test]
    public async Task I_can_open_a_repository_and_go_on()
    {
        _bench.Repository.AddOciTarget("os/a", "a", Encoding.UTF8.GetBytes("a"));
        _bench.Repository.Delegate(
            new TufDelegationPlan("d/e", TufRolePlan.Single(_bench.Signers[TufRoles.Targets][0], TimeSpan.FromDays(9)))
            {
                Paths = ["os/*"],
            }
        );
        _bench.Repository.Publish();
        var opened = TufRepository.Open(_bench.Folder, _bench.Signers.Values.SelectMany(s => s), _bench.Time);
        opened.AddOciTarget("os/b", "b", Encoding.UTF8.GetBytes("b"), role: "d/e");
        opened.Publish();
        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await _bench.FindAsync("os/a")).OciRepository, Is.EqualTo("a"));
            Assert.That((await _bench.FindAsync("os/b")).Role, Is.EqualTo("d/e"));
        });
    }

    private sealed class PowerCutException : Exception;

    private sealed class CutStore(ITufStore inner, int writesBefore) : ITufStore
    {
        private int _left = writesBefore;

        public byte[]? Read(string role) => inner.Read(role);

        public void Write(string role, ReadOnlySpan<byte> content)
        {
            if (_left-- == 0)
            {
                throw new PowerCutException();
            }
            inner.Write(role, content);
        }
    }
}
