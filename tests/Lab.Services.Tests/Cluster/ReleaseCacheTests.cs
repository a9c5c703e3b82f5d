using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Lab.Model.Errors;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Flavors;

namespace Lab.Services.Tests.Cluster;

internal sealed class ReleaseCacheTests
{
    private const string Version = "v1.34.1";

    private static readonly IReadOnlyList<ReleaseFile> Files = KubeadmFlavor.Files(KubernetesVersion.Parse(Version));

    private TestLab _lab = null!;
    private ReleaseServer _server = null!;

    [SetUp]
    public async Task Make_a_mirror()
    {
        _lab = new TestLab();
        _server = await ReleaseServer.StartAsync();
        foreach (var file in Files)
            _server.Put(file.Address, file.Checksums, $"content of {file.Address}");
    }

    [TearDown]
    public async Task Remove_the_mirror()
    {
        await _server.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Test]
    public async Task I_can_fetch_a_release_from_a_pinned_mirror_once()
    {
        var cache = Cache(await PinAsync());
        var folder = await cache.FetchAsync(Files, null, CancellationToken.None);
        Assert.That(
            await File.ReadAllTextAsync(Path.Combine(folder, "arm64-kubelet")),
            Is.EqualTo($"content of https://dl.k8s.io/release/{Version}/bin/linux/arm64/kubelet")
        );
        _server.Asked.Clear();
        Assert.That(await cache.FetchAsync(Files, null, CancellationToken.None), Is.EqualTo(folder));
        Assert.That(_server.Asked, Is.Empty);
    }

    [Test]
    public async Task I_can_fetch_a_release_from_a_folder()
    {
        var folder = CopyToFolder();
        var cache = new ReleaseCache(_lab.Folders.Cache, "kubeadm", Version, null, folder);
        await cache.FetchAsync(Files, null, CancellationToken.None);
        Assert.That(cache.FindCached(), Is.Not.Null);
        Assert.That(cache.Pin, Is.EqualTo(await PinAsync()));
    }

    [Test]
    public async Task A_file_with_another_digest_is_refused_and_nothing_is_kept()
    {
        var pin = await PinAsync();
        _server.Files[ReleaseServer.PathOf(Files[2].Address)] = "something else"u8.ToArray();
        var cache = Cache(pin);
        Assert.That(
            async () => await cache.FetchAsync(Files, null, CancellationToken.None),
            Throws.TypeOf<LabException>().With.Message.Contain("not the file that was published")
        );
        Assert.That(cache.FindCached(), Is.Null);
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_lab.Folders.Cache, "releases")), Has.Exactly(1).Items);
    }

    [Test]
    public async Task A_file_that_was_changed_together_with_its_checksum_is_refused_by_the_pin()
    {
        var pin = await PinAsync();
        var path = ReleaseServer.PathOf(Files[0].Checksums);
        _server.Files.TryRemove(path, out _);
        _server.Put(Files[0].Address, Files[0].Checksums, "changed by somebody");
        _server.Asked.Clear();
        Assert.That(
            async () => await Cache(pin).FetchAsync(Files, null, CancellationToken.None),
            Throws.TypeOf<LabException>().With.Message.Contain("not the pinned ones")
        );
        Assert.That(_server.Asked, Has.None.EqualTo(ReleaseServer.PathOf(Files[0].Address)), "programs are not even fetched");
    }

    [Test]
    public void Without_a_pin_plain_http_is_refused() =>
        Assert.That(
            async () => await Cache(null).FetchAsync(Files, null, CancellationToken.None),
            Throws.TypeOf<LabException>().With.Message.Contain("plain HTTP")
        );

    [Test]
    public async Task A_cached_release_that_is_not_the_pinned_one_does_not_count()
    {
        await Cache(await PinAsync()).FetchAsync(Files, null, CancellationToken.None);
        Assert.That(Cache(new string('0', 64)).FindCached(), Is.Null);
    }

    [Test]
    public async Task A_missing_file_is_told_with_its_address()
    {
        var pin = await PinAsync();
        _server.Files.TryRemove(ReleaseServer.PathOf(Files[1].Address), out _);
        Assert.That(
            async () => await Cache(pin).FetchAsync(Files, null, CancellationToken.None),
            Throws.TypeOf<LabException>().With.Message.Contain("404").And.Message.Contain("kube-apiserver")
        );
    }

    [Test]
    public async Task Two_fetches_at_once_fetch_once()
    {
        var pin = await PinAsync();
        _server.Asked.Clear();
        await Task.WhenAll(
            Cache(pin).FetchAsync(Files, null, CancellationToken.None),
            Cache(pin).FetchAsync(Files, null, CancellationToken.None)
        );
        Assert.That(_server.Asked.Count(path => path == ReleaseServer.PathOf(Files[0].Address)), Is.EqualTo(1));
    }

    [Test]
    public async Task What_a_killed_fetch_left_is_removed()
    {
        var left = Path.Combine(_lab.Folders.Cache, "releases", "new", "left");
        Directory.CreateDirectory(left);
        await Cache(await PinAsync()).FetchAsync(Files, null, CancellationToken.None);
        Assert.That(Directory.Exists(left), Is.False);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_flavor_kubeadm_makes_a_control_plane_and_a_nodes_programs_of_a_mirror(bool isFolder)
    {
        var etcd = Files.Single(file => file.Name.EndsWith(".tar.gz", StringComparison.Ordinal));
        _server.Files.TryRemove(ReleaseServer.PathOf(etcd.Checksums), out _);
        _server.Put(etcd.Address, etcd.Checksums, EtcdArchive(etcd.Name));
        var choice = new ClusterChoice("kubeadm", Version, await PinAsync(), isFolder ? CopyToFolder() : _server.Address);
        var flavor = new KubeadmFlavor(choice, _lab.Folders);
        Assert.That(await flavor.FindObstacleAsync(CancellationToken.None), Is.Null);

        var binaries = (KubernetesBinaries)await flavor.PrepareAsync(null, refresh: false, CancellationToken.None);

        Assert.That(await File.ReadAllTextAsync(binaries.Etcd), Is.EqualTo("the program etcd"));
        Assert.That(await File.ReadAllTextAsync(binaries.Kubectl), Does.EndWith("/kubectl").And.Not.Contain("/arm64/"));
        Assert.That(binaries.NodePrograms.Keys, Is.EquivalentTo(["kubelet", "kubeadm", "kube-proxy"]));
        foreach (var (name, path) in binaries.NodePrograms)
        {
            Assert.That(await File.ReadAllTextAsync(path), Does.EndWith($"/arm64/{name}"));
            Assert.That(File.GetUnixFileMode(path) & UnixFileMode.UserExecute, Is.Not.EqualTo(UnixFileMode.None));
        }
        Assert.That(((KubernetesBinaries)flavor.FindCached()!).NodePrograms, Is.EqualTo(binaries.NodePrograms));
    }

    [Test]
    public async Task K3s_checksums_come_from_lists()
    {
        var files = K3sFlavor.Files("v1.34.1+k3s1");
        foreach (var file in files)
            _server.Put(file.Address, file.Checksums, $"content of {file.Name}");
        var flavor = new K3sFlavor(
            new ClusterChoice("k3s", "v1.34.1+k3s1", await PinAsync(files), _server.Address),
            _lab.Folders
        );
        Assert.That(flavor.FindCached(), Is.Null);
        var binaries = (K3sBinaries)await flavor.PrepareAsync(null, refresh: false, CancellationToken.None);
        Assert.That(await File.ReadAllTextAsync(binaries.Node), Is.EqualTo("content of k3s-arm64"));
        Assert.That(File.GetUnixFileMode(binaries.Server) & UnixFileMode.UserExecute, Is.Not.EqualTo(UnixFileMode.None));
        Assert.That(flavor.FindCached(), Is.EqualTo(binaries));
    }

    [TestCase("0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef")]
    [TestCase("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n")]
    [TestCase(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff  other\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef *kubeadm\n"
    )]
    public void A_checksum_is_found(string published) =>
        Assert.That(
            ChecksumList.Find(Files[0], published),
            Is.EqualTo("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
        );

    [TestCase("")]
    [TestCase("<html>not found</html>")]
    [TestCase("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  kubelet\n")]
    [TestCase("0123456789abcdef0123456789abcdef  kubeadm")]
    public void A_checksum_that_is_not_there_is_an_error(string published) =>
        Assert.That(() => ChecksumList.Find(Files[0], published), Throws.TypeOf<LabException>());

    private static byte[] EtcdArchive(string name)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            var folder = name[..^".tar.gz".Length];
            foreach (var program in (string[])["etcdctl", "etcd"])
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, $"{folder}/{program}")
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes($"the program {program}")),
                    }
                );
        }
        return packed.ToArray();
    }

    private ReleaseCache Cache(string? pin) => new(_lab.Folders.Cache, "kubeadm", Version, pin, _server.Address);

    private Task<string> PinAsync() => PinAsync(Files);

    private async Task<string> PinAsync(IReadOnlyList<ReleaseFile> files)
    {
        using var mirror = new ReleaseMirror(_server.Address);
        var list = new ChecksumList();
        foreach (var file in files)
            list.Add(file, await mirror.ReadTextAsync(file.Checksums, CancellationToken.None));
        return list.Sha256;
    }

    private string CopyToFolder()
    {
        foreach (var (path, content) in _server.Files)
            _lab.Write("mirror" + path, content);
        return _lab.PathOf("mirror");
    }
}
