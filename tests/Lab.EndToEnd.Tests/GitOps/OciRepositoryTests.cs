using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.GitOps;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Engine;
using Lab.Services.GitOps.Sources;
using Lab.Services.Hosting;
using Lab.Services.Registry;
using Lab.Trust.Oci;

namespace Lab.EndToEnd.Tests.GitOps;

/// <summary>The embedded engine against a real API server, with an artifact in the rig's registry as its source.</summary>
[Category("EndToEnd")]
[Parallelizable(ParallelScope.Self)]
public sealed class OciRepositoryTests
{
    private const string Repository = "fleet/manifests";
    private const string Sources = "/apis/source.toolkit.fluxcd.io/v1/namespaces/default/ocirepositories";
    private const string Syncs = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/default/kustomizations";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient _http = new();
    private TestCluster _cluster = null!;
    private RunRegistry _registry = null!;
    private BoardServiceHost _host = null!;
    private OciClient _publisher = null!;
    private EmbeddedGitOps _engine = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _cluster = await TestCluster.StartAsync();
        var folder = _cluster.NewFolder();
        _registry = new RunRegistry(
            Path.Combine(folder, "blobs"),
            Path.Combine(folder, "substitutes"),
            new RegistryLimits(),
            TimeProvider.System
        );
        _host = await BoardServiceHost.StartAsync(
            _registry.Endpoints.Map,
            Path.Combine(folder, "http.jsonl"),
            null,
            new BoardServiceLimits(),
            TimeProvider.System,
            default
        );
        _publisher = new OciClient(
            _http,
            _host.PublisherOrigin,
            new OciClientOptions { Credential = new OciCredential(_host.Publisher.User, _host.Publisher.Password) }
        );
        _engine = await EmbeddedGitOps.StartAsync(
            new EmbeddedGitOpsOptions(
                _cluster.Cluster.CreateClientConfiguration(),
                Path.Combine(folder, "engine"),
                _cluster.Kustomize,
                TimeProvider.System
            )
            {
                OnTrouble = TestContext.Progress.WriteLine,
            },
            default
        );
        var pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(_key.ExportSubjectPublicKeyInfoPem()));
        await ApplyAsync(
            "/api/v1/namespaces/default/secrets/signers",
            $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"signers","namespace":"default"},"data":{"cosign.pub":"{{{pem}}}"}}"""
        );
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _engine.DisposeAsync();
        await _host.DisposeAsync();
        _registry.Dispose();
        await _cluster.DisposeAsync();
        _http.Dispose();
        _key.Dispose();
    }

    [Test]
    public async Task A_signed_artifact_is_applied_the_next_version_rolled_out_and_an_unsigned_one_refused()
    {
        var first = await PushAsync("1.0.0", Manifests.ConfigMap("one"), signed: true);
        await ApplySourceAsync("fleet", """{"semver":">=1.0.0"}""", """{"provider":"cosign","secretRef":{"name":"signers"}}""");
        await ApplyAsync(
            $"{Syncs}/fleet",
            """
            {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"fleet","namespace":"default"},
             "spec":{"interval":"1h","retryInterval":"1s","prune":true,"wait":true,"path":"./","sourceRef":{"kind":"OCIRepository","name":"fleet"}}}
            """
        );

        await WaitForAsync($"1.0.0@{first}");
        var source = await _cluster.GetAsync($"{Sources}/fleet");
        Assert.That(KubeJson.Text(source.Child("status", "artifact")!["revision"]), Is.EqualTo($"1.0.0@{first}"));
        Assert.That(KubeJson.Text(source.Child("status", "artifact", "metadata")!["made-by"]), Is.EqualTo("test"));
        Assert.That(KubeJson.Text(source.Condition("SourceVerified")!["status"]), Is.EqualTo("True"));

        var second = await PushAsync("1.1.0", Manifests.ConfigMap("two"), signed: true);
        await WaitForAsync($"1.1.0@{second}");
        await PushAsync("1.2.0", Manifests.ConfigMap("three"), signed: false);
        var refused = await _cluster.WaitAsync(Sources, "fleet", item => Ready(item) == "False");

        Assert.That(KubeJson.Text(refused!.Condition("Ready")!["reason"]), Is.EqualTo("VerificationError"));
        Assert.That(KubeJson.Text(refused!.Child("status", "artifact")!["revision"]), Is.EqualTo($"1.1.0@{second}"));
        var notes = await _cluster.GetAsync(Manifests.Notes);
        Assert.That(KubeJson.Text(notes["data"]!["value"]), Is.EqualTo("two"));
        await DeleteAsync(Syncs, "fleet");
        await DeleteAsync(Sources, "fleet");
        Assert.That(await _cluster.FindAsync(Manifests.Notes), Is.Null);
    }

    [TestCase("notation", "\"secretRef\":{\"name\":\"signers\"}", "spec.verify.provider: notation")]
    [TestCase("cosign", "\"matchOIDCIdentity\":[]", "matchOIDCIdentity")]
    public async Task What_the_engine_cannot_verify_it_refuses(string provider, string how, string message)
    {
        await ApplySourceAsync("refused", "{}", $$"""{"provider":"{{provider}}",{{how}}}""");

        var refused = await _cluster.WaitAsync(
            Sources,
            "refused",
            item => KubeJson.Text(item?.Condition("Stalled")?["message"])?.Contains(message, StringComparison.Ordinal) == true
        );

        Assert.That(KubeJson.Text(refused!.Condition("Ready")!["reason"]), Is.EqualTo("UnsupportedFeature"));
        await DeleteAsync(Sources, "refused");
    }

    private Task ApplySourceAsync(string name, string reference, string verify) =>
        ApplyAsync(
            $"{Sources}/{name}",
            $$"""
            {"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"OCIRepository","metadata":{"name":"{{name}}","namespace":"default"},
             "spec":{"interval":"1s","url":"oci://{{_host.HostOrigin.Authority}}/{{Repository}}","insecure":true,"ref":{{reference}},"verify":{{verify}}} }
            """
        );

    private Task ApplyAsync(string path, string json) =>
        _cluster.Api.PatchAsync($"{path}?fieldManager=test&force=true", JsonNode.Parse(json)!, KubeApi.ApplyPatch, default);

    private async Task DeleteAsync(string collection, string name)
    {
        await _cluster.Api.DeleteAsync($"{collection}/{name}", default);
        await _cluster.WaitAsync(collection, name, item => item is null);
    }

    private Task WaitForAsync(string revision) =>
        _cluster.WaitAsync(
            Syncs,
            "fleet",
            item => Ready(item) == "True" && KubeJson.Text(item!.Status()["lastAppliedRevision"]) == revision
        );

    private static string? Ready(JsonObject? item) => KubeJson.Text(item?.Condition(ConditionList.Ready)?["status"]);

    private async Task<OciDigest> PushAsync(string tag, string notes, bool signed)
    {
        var layer = new MemoryStream();
        await using (var tar = new TarWriter(layer, leaveOpen: true))
        {
            foreach (var (path, content) in new[] { ("namespace.yaml", Manifests.Namespace), ("notes.yaml", notes) })
            {
                var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = data });
            }
        }

        var config = await _publisher.PushBlobAsync(Repository, OciMediaTypes.ImageConfig, "{}"u8.ToArray(), default);
        var files = await _publisher.PushBlobAsync(Repository, OciMediaTypes.Layer, layer.ToArray(), default);
        var manifest = new OciManifest(config, [files]) { Annotations = Note("made-by", "test") };
        var digest = OciDigest.Compute(manifest.ToBytes());
        if (signed)
            await SignAsync(digest, config);
        await _publisher.PushManifestAsync(Repository, manifest, tag, default);
        return digest;
    }

    // Before the artifact's tag: the engine looks every second.
    private async Task SignAsync(OciDigest digest, OciDescriptor config)
    {
        var payload = Encoding.UTF8.GetBytes(
            $$$"""{"critical":{"identity":{"docker-reference":""},"image":{"docker-manifest-digest":"{{{digest}}}"},"type":"cosign container image signature"},"optional":null}"""
        );
        var signature = _key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var layer = await _publisher.PushBlobAsync(Repository, CosignVerifier.PayloadType, payload, default) with
        {
            Annotations = Note(CosignVerifier.SignatureAnnotation, Convert.ToBase64String(signature)),
        };
        await _publisher.PushManifestAsync(Repository, new OciManifest(config, [layer]), $"sha256-{digest.Hex}.sig", default);
    }

    private static Dictionary<string, string> Note(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
