using System.Text;
using System.Text.Json.Nodes;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

public sealed class TufClientTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("content");

    private TufBench _bench = null!;

    [SetUp]
    public void SetUp() => _bench = new TufBench();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task I_can_refresh_from_a_pinned_root()
    {
        var versions = await _bench.RefreshAsync();
        Assert.Multiple(() =>
        {
            Assert.That(versions, Is.EqualTo(new TufVersions(1, 1, 1, 1)));
            Assert.That(
                _bench.Fetcher.Requests,
                Is.EqualTo(new[] { "2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json" })
            );
        });
    }

    [Test]
    public async Task A_refresh_with_nothing_new_asks_for_root_and_timestamp_only()
    {
        await _bench.RefreshAsync();
        _bench.Fetcher.Requests.Clear();
        await _bench.RefreshAsync();
        Assert.That(_bench.Fetcher.Requests, Is.EqualTo(new[] { "2.root.json", "timestamp.json" }));
    }

    [Test]
    public async Task I_can_find_an_oci_target()
    {
        _bench.Repository.AddOciTarget("os/edge-node", "edge-node", Content);
        _bench.Repository.Publish();
        var target = await _bench.FindAsync("os/edge-node");
        Assert.Multiple(() =>
        {
            Assert.That(target.OciRepository, Is.EqualTo("edge-node"));
            Assert.That(target.Length, Is.EqualTo(Content.Length));
            Assert.That(target.Sha256, Has.Length.EqualTo(64));
            Assert.That(target.Role, Is.EqualTo(TufRoles.Targets));
        });
    }

    [Test]
    public Task An_unknown_target_is_missing() => RefusedAsync(TufErrorCode.TargetMissing, () => _bench.FindAsync("no"));

    [Test]
    public async Task Without_a_root_nothing_is_fetched()
    {
        var client = _bench.Client(new MemoryTufStore());
        await RefusedAsync(TufErrorCode.NoRoot, () => client.RefreshAsync(default));
        Assert.That(_bench.Fetcher.Requests, Is.Empty);
    }

    [Test]
    public void A_root_that_its_own_keys_did_not_sign_cannot_be_pinned()
    {
        var forged = _bench.Forge("1.root.json", root => root["version"] = 7, _bench.Signers[TufRoles.Targets]);
        var e = Assert.Throws<TufException>(() => TufClient.Initialize(new MemoryTufStore(), forged));
        Assert.That(e.Code, Is.EqualTo(TufErrorCode.NoRoot));
    }

    [Test]
    public async Task I_can_follow_a_chain_of_roots()
    {
        for (var i = 0; i < 5; i++)
        {
            RotateTo(TufRoles.Root, EcdsaTufSigner.Create());
        }
        Assert.That((await _bench.RefreshAsync()).Root, Is.EqualTo(6));
    }

    [Test]
    public async Task Root_rotations_are_limited_for_each_refresh()
    {
        for (var i = 0; i < 5; i++)
        {
            _bench.Repository.Touch(TufRoles.Root);
            _bench.Repository.Publish();
        }
        _bench.Options = _bench.Options with { MaximumRootRotations = 2 };
        Assert.That((await _bench.RefreshAsync()).Root, Is.EqualTo(3));
    }

    [Test]
    public async Task The_pinned_root_may_have_expired_when_a_newer_one_has_not()
    {
        _bench.Time.Advance(TimeSpan.FromDays(40));
        foreach (var role in TufRoles.TopLevel)
        {
            _bench.Repository.Touch(role);
        }
        _bench.Repository.Publish();
        Assert.That((await _bench.RefreshAsync()).Root, Is.EqualTo(2));
    }

    [Test]
    public async Task Expired_stored_metadata_is_a_base_for_newer()
    {
        await _bench.RefreshAsync();
        _bench.Time.Advance(TimeSpan.FromDays(20));
        _bench.Repository.AddTarget("a", Content);
        _bench.Repository.Publish();
        Assert.That(await _bench.RefreshAsync(), Is.EqualTo(new TufVersions(1, 2, 2, 2)));
    }

    [Test]
    public async Task Another_file_under_the_same_timestamp_version_is_discarded()
    {
        await _bench.RefreshAsync();
        var trusted = _bench.Store.Read(TufRoles.Timestamp);
        _bench.Fetcher.Replaced["timestamp.json"] = _bench.Forge(
            "timestamp.json",
            timestamp => timestamp["meta"]!["snapshot.json"]!["version"] = 100,
            _bench.Signers[TufRoles.Timestamp]
        );
        await _bench.RefreshAsync();
        Assert.That(_bench.Store.Read(TufRoles.Timestamp), Is.EqualTo(trusted));
    }

    [Test]
    public async Task Unknown_members_are_signed_and_kept()
    {
        var root = _bench.Forge(
            "1.root.json",
            signed =>
            {
                signed["version"] = 2;
                signed["x-custom"] = new JsonObject { ["b"] = 1, ["a"] = "\u00e9\"\\\n" };
                ((JsonObject)signed["keys"]!).First().Value!["x"] = new JsonArray();
            },
            _bench.Signers[TufRoles.Root]
        );
        _bench.Fetcher.Replaced["2.root.json"] = root;
        await _bench.RefreshAsync();
        Assert.That(_bench.Store.Read(TufRoles.Root), Is.EqualTo(root));
    }

    [Test]
    public async Task I_can_read_a_repository_without_consistent_snapshots()
    {
        _bench.Fetcher.Replaced["2.root.json"] = _bench.Forge(
            "1.root.json",
            root =>
            {
                root["version"] = 2;
                root["consistent_snapshot"] = false;
            },
            _bench.Signers[TufRoles.Root]
        );
        foreach (var role in (string[])[TufRoles.Snapshot, TufRoles.Targets])
        {
            _bench.Fetcher.Replaced[$"{role}.json"] = await File.ReadAllBytesAsync(Path.Combine(_bench.Folder, $"1.{role}.json"));
        }
        await _bench.RefreshAsync();
        Assert.That(_bench.Fetcher.Requests, Does.Contain("snapshot.json").And.Contain("targets.json"));
    }

    [Test]
    public async Task N_of_M_keys_are_enough()
    {
        using var bench = new TufBench(keys: 3, threshold: 2);
        var few = bench.Signers.Values.SelectMany(signers => signers.Take(2));
        var repository = TufRepository.Open(bench.Folder, few, bench.Time);
        repository.AddTarget("a", Content);
        repository.Publish();
        Assert.That((await bench.FindAsync("a")).Length, Is.EqualTo(Content.Length));
    }

    [Test]
    public void Fewer_than_N_keys_cannot_publish_and_lose_nothing()
    {
        using var bench = new TufBench(keys: 3, threshold: 2);
        var repository = TufRepository.Open(
            bench.Folder,
            bench.Signers.Values.SelectMany(signers => signers.Take(1)),
            bench.Time
        );
        repository.AddTarget("a", Content);
        var e = Assert.Throws<TufException>(() => repository.Publish())!;
        foreach (var signer in bench.Signers.Values.SelectMany(signers => signers))
        {
            repository.AddSigner(signer);
        }
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(TufErrorCode.Signature));
            Assert.That(repository.Publish().Targets, Is.EqualTo(2));
        });
    }

    [Test]
    public async Task I_can_replace_and_remove_targets()
    {
        _bench.Repository.AddTarget("a", Content);
        _bench.Repository.AddTarget("b", Content);
        _bench.Repository.Publish();
        _bench.Repository.RemoveTarget("a");
        _bench.Repository.AddTarget("b", Encoding.UTF8.GetBytes("longer content"));
        _bench.Repository.Publish();
        Assert.That((await _bench.FindAsync("b")).Length, Is.EqualTo(14));
        await RefusedAsync(TufErrorCode.TargetMissing, () => _bench.FindAsync("a"));
    }

    internal static async Task RefusedAsync(TufErrorCode code, Func<Task> action)
    {
        var e = await Assert.ThrowsAsync<TufException>(() => action());
        Assert.That(e!.Code, Is.EqualTo(code), e.Message);
    }

    private void RotateTo(string role, ITufSigner signer)
    {
        _bench.Repository.AddSigner(signer);
        _bench.Repository.Rotate(role, TufRolePlan.Single(signer, TimeSpan.FromDays(30)));
        _bench.Repository.Publish();
    }
}
