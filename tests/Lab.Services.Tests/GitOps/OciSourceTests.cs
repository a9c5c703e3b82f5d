using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Sources;
using Lab.Services.Tests.Registry;

namespace Lab.Services.Tests.GitOps;

/// <summary>An OCI artifact as a source, pulled from a real registry.</summary>
public sealed class OciSourceTests
{
    private TestRegistry _served = null!;
    private TestArtifact _artifact = null!;

    [SetUp]
    public async Task SetUp()
    {
        _served = await TestRegistry.StartAsync();
        _artifact = new TestArtifact(_served);
    }

    [TearDown]
    public async Task TearDown() => await _served.DisposeAsync();

    [Test]
    public async Task A_tag_is_resolved_to_its_digest_and_unpacked()
    {
        var digest = await _artifact.PushAsync("v1", ("kustomization.yaml", "resources: [a.yaml]"), ("deep/a.yaml", "a: 1"));
        using var remote = _artifact.Remote();

        var checkout = await remote.ResolveAsync(Select("""{"tag":"v1"}"""), default);
        var files = await remote.ReadAsync(checkout, null, new GitLimits(), default);

        Assert.That(checkout.Revision, Is.EqualTo($"v1@{digest}"));
        Assert.That(checkout.Manifest.Annotations["org.opencontainers.image.revision"], Is.EqualTo("main@sha1:v1"));
        Assert.That(files.Keys, Is.EqualTo(["deep/a.yaml", "kustomization.yaml"]));
        Assert.That(files["deep/a.yaml"], Is.EqualTo("a: 1"u8.ToArray()));
    }

    [Test]
    public async Task A_digest_goes_before_a_version_range_and_that_before_a_tag()
    {
        var first = await _artifact.PushAsync("1.0.0", ("a", "1"));
        var second = await _artifact.PushAsync("1.2.0", ("a", "2"));
        await _artifact.PushAsync("1.3.0-rc.1", ("a", "3"));
        await _artifact.PushAsync("latest", ("a", "4"));
        using var remote = _artifact.Remote();

        async Task<string> RevisionAsync(string? reference) => (await remote.ResolveAsync(Select(reference), default)).Revision;

        Assert.That(
            await RevisionAsync($$"""{"digest":"{{first}}","semver":"*","tag":"latest"}"""),
            Is.EqualTo(first.ToString())
        );
        Assert.That(await RevisionAsync("""{"semver":">=1.0.0","tag":"latest"}"""), Is.EqualTo($"1.2.0@{second}"));
        Assert.That(await RevisionAsync("""{"semver":">=1.0.0-0","semverFilter":".*-rc.*"}"""), Does.StartWith("1.3.0-rc.1@"));
        Assert.That(await RevisionAsync(null), Does.StartWith("latest@sha256:"));
    }

    [TestCase("""{"digest":"sha256:12"}""")]
    [TestCase("""{"tag":"../x"}""")]
    [TestCase("""{"semver":"newest"}""")]
    [TestCase("""{"semver":"*","semverFilter":"("}""")]
    public void A_reference_that_is_none_is_refused_for_good(string reference) =>
        Assert.That(
            () => Select(reference),
            Throws.InstanceOf<SourceException>().With.Property(nameof(SourceException.IsStalled)).True
        );

    [TestCase("https://example.test/a")]
    [TestCase("oci://example.test")]
    [TestCase("oci:///a")]
    [TestCase("oci://example.test/a:v1")]
    [TestCase("oci://example.test/a@sha256:00")]
    [TestCase("oci://user:secret@example.test/a")]
    [TestCase("oci://example.test/../a")]
    [TestCase("oci://example.test/UPPER")]
    [TestCase("oci://exa mple/a")]
    public void An_address_that_is_none_is_refused_for_good(string url) =>
        Assert.That(
            () => OciAddress.Parse(url, insecure: false),
            Throws.InstanceOf<SourceException>().With.Property(nameof(SourceException.Reason)).EqualTo("URLInvalid")
        );

    [Test]
    public void An_address_is_https_unless_it_is_said_to_be_insecure()
    {
        Assert.That(
            OciAddress.Parse("oci://a.test:5000/b/c", insecure: false),
            Is.EqualTo(new OciAddress(new("https://a.test:5000/"), "b/c"))
        );
        Assert.That(OciAddress.Parse("oci://a.test:5000/b/c", insecure: true).Registry.Scheme, Is.EqualTo("http"));
    }

    [Test]
    public async Task The_layer_is_the_first_or_the_one_of_the_selected_type()
    {
        await _artifact.PushAsync(
            "v1",
            ("text/plain", TestArtifact.Pack([TestArtifact.File("first", "1")], compressed: false)),
            (TestArtifact.LayerType, TestArtifact.Pack([TestArtifact.File("second", "2")]))
        );
        using var remote = _artifact.Remote();
        var checkout = await remote.ResolveAsync(Select("""{"tag":"v1"}"""), default);

        Assert.That((await remote.ReadAsync(checkout, null, new GitLimits(), default)).Keys, Is.EqualTo(["first"]));
        Assert.That(
            (await remote.ReadAsync(checkout, TestArtifact.LayerType, new GitLimits(), default)).Keys,
            Is.EqualTo(["second"])
        );
        await RefusedAsync(SourceException.OciLayerFailed, () => remote.ReadAsync(checkout, "a/b", new GitLimits(), default));
    }

    [Test]
    public async Task Without_login_or_artifact_the_reason_says_so()
    {
        await _artifact.PushAsync("v1", ("a", "1"));
        using var anonymous = _artifact.Remote(withLogin: false);
        using var remote = _artifact.Remote();

        await RefusedAsync(
            SourceException.AuthenticationFailed,
            () => anonymous.ResolveAsync(Select("""{"tag":"v1"}"""), default)
        );
        await RefusedAsync(SourceException.OciPullFailed, () => remote.ResolveAsync(Select("""{"tag":"none"}"""), default));
        await RefusedAsync(SourceException.OciPullFailed, () => remote.ResolveAsync(Select("""{"semver":">9"}"""), default));
    }

    [Test]
    public async Task An_altered_layer_or_manifest_is_not_taken()
    {
        var digest = await _artifact.PushAsync("v1", ("a", "1"));
        using var remote = _artifact.Remote();
        var checkout = await remote.ResolveAsync(Select("""{"tag":"v1"}"""), default);
        var layer = checkout.Manifest.Layers[0].Digest.ToString();
        var other = TestArtifact.Pack([TestArtifact.File("a", "2")]);

        await _served.Registry.SubstituteAsync(TestArtifact.Repository, layer, other, default);
        await RefusedAsync(SourceException.OciPullFailed, () => remote.ReadAsync(checkout, null, new GitLimits(), default));
        await _served.Registry.SubstituteAsync(TestArtifact.Repository, digest.ToString(), "{}"u8.ToArray(), default);
        await RefusedAsync(
            SourceException.OciPullFailed,
            () => remote.ResolveAsync(Select($$"""{"digest":"{{digest}}"}"""), default)
        );
    }

    private static IEnumerable<TestCaseData> HostileLayers()
    {
        static TestCaseData Case(string name, params TarEntry[] entries) => new(TestArtifact.Pack(entries)) { TestName = name };
        yield return Case("A path that leads out", TestArtifact.File("../../etc/passwd", "x"));
        yield return Case("An absolute path", TestArtifact.File("/etc/passwd", "x"));
        yield return Case("A hard link", new PaxTarEntry(TarEntryType.HardLink, "a") { LinkName = "/etc/shadow" });
        yield return Case("A device", new PaxTarEntry(TarEntryType.CharacterDevice, "a"));
        yield return Case("A file that is too long", TestArtifact.File("a", new string('x', 2000)));
        yield return Case("Too many files", [.. Enumerable.Range(0, 20).Select(index => TestArtifact.File($"f{index}", ""))]);
        yield return Case(
            "Too much in all",
            [.. Enumerable.Range(0, 9).Select(index => TestArtifact.File($"f{index}", new string('x', 900)))]
        );
    }

    [TestCaseSource(nameof(HostileLayers))]
    public async Task A_layer_that_must_not_be_unpacked_is_refused(byte[] layer) =>
        await RefusedAsync(
            SourceException.HostileContent,
            () =>
                new LayerFiles(
                    new GitLimits
                    {
                        File = 1000,
                        Total = 5000,
                        Files = 10,
                    }
                ).ReadAsync(layer, default)
        );

    [Test]
    public async Task Symbolic_links_are_passed_over_and_rubbish_is_told_as_such()
    {
        var layers = new LayerFiles(new GitLimits());
        var packed = TestArtifact.Pack([TestArtifact.Link("link", "/etc/passwd"), TestArtifact.File("./a", "1")]);

        Assert.That((await layers.ReadAsync(packed, default)).Keys, Is.EqualTo(["a"]));
        await RefusedAsync(SourceException.OciLayerFailed, () => layers.ReadAsync(packed[..^20], default));
        await RefusedAsync(SourceException.OciLayerFailed, () => layers.ReadAsync(TestLab.Noise(2048), default));
    }

    [Test]
    public async Task Damaged_layers_never_end_otherwise_than_in_files_or_a_refusal()
    {
        var layers = new LayerFiles(new GitLimits());
        var good = TestArtifact.Pack([TestArtifact.File("a/b.yaml", "a: 1"), TestArtifact.File("c", "2")], compressed: false);
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var damaged = good.ToArray();
            for (var count = random.Next(1, 8); count > 0; count--)
                damaged[random.Next(600)] = (byte)random.Next(256);
            try
            {
                await layers.ReadAsync(damaged, default);
            }
            catch (SourceException)
            {
                // Refused.
            }
        }
    }

    [Test]
    public async Task A_signature_by_one_of_the_keys_is_found()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = await _artifact.PushAsync("v1", ("a", "1"));
        using var remote = _artifact.Remote();

        await _artifact.SignAsync(digest, payload => TestArtifact.Sign(key, payload));
        Assert.That(await VerifyAsync(("other.pub", other), ("cosign.pub", key)), Is.EqualTo("cosign.pub"));
        await _artifact.SignAsync(digest, payload => rsa.SignData(payload, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.That(await VerifyAsync(("cosign.pub", rsa)), Is.EqualTo("cosign.pub"));

        async Task<string> VerifyAsync(params (string Name, AsymmetricAlgorithm Key)[] keys) =>
            CosignVerifier.Verify(digest, await remote.ReadSignaturesAsync(digest, default), Keys(keys));
    }

    [Test]
    public async Task What_is_not_signed_by_a_key_for_this_artifact_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = await _artifact.PushAsync("v1", ("a", "1"));
        var another = await _artifact.PushAsync("v2", ("a", "2"));
        using var remote = _artifact.Remote();

        await UnverifiedAsync("no signature found", Keys(("a.pub", key)));
        await _artifact.SignAsync(digest, payload => TestArtifact.Sign(other, payload));
        await UnverifiedAsync("no matching signatures", Keys(("a.pub", key)));
        // A true signature, of another artifact, put beside this one.
        await _artifact.SignAsync(digest, payload => TestArtifact.Sign(key, payload), said: another);
        await UnverifiedAsync("no matching signatures", Keys(("a.pub", key)));
        await UnverifiedAsync("has no public key", Keys(("a.txt", key)));
        await UnverifiedAsync("no public key of", new(StringComparer.Ordinal) { ["a.pub"] = "nonsense"u8.ToArray() });

        async Task UnverifiedAsync(string message, Dictionary<string, byte[]> keys)
        {
            var signatures = await remote.ReadSignaturesAsync(digest, default);
            Assert.That(
                () => CosignVerifier.Verify(digest, signatures, keys),
                Throws.InstanceOf<SourceException>().With.Message.Contains(message)
            );
        }
    }

    private static Dictionary<string, byte[]> Keys(params (string Name, AsymmetricAlgorithm Key)[] keys) =>
        keys.ToDictionary(
            key => key.Name,
            key => Encoding.UTF8.GetBytes(key.Key.ExportSubjectPublicKeyInfoPem()),
            StringComparer.Ordinal
        );

    private static OciSelection Select(string? reference) =>
        OciSelection.Read(reference is null ? null : (JsonObject)JsonNode.Parse(reference)!);

    private static Task RefusedAsync(string reason, Func<Task> act) =>
        Assert.ThatAsync(act, Throws.InstanceOf<SourceException>().With.Property(nameof(SourceException.Reason)).EqualTo(reason));
}
