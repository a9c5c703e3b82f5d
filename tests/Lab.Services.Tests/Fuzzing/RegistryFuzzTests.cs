using System.Text;
using Lab.Services.Registry;
using Lab.Trust.Tests.Fuzzing;

namespace Lab.Services.Tests.Fuzzing;

/// <summary>What any client on the rig's network may ask the registry, and push to it.</summary>
[Category("Fuzz")]
internal sealed class RegistryFuzzTests
{
    private const string Manifest =
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[],"annotations":{"a":"b"}}""";

    [TestCaseSource(nameof(Targets))]
    public void Bytes_are_read_or_refused(FuzzTarget target) => FuzzBudget.Spend(target, Targets().Count());

    private static IEnumerable<FuzzTarget> Targets()
    {
        yield return new FuzzTarget(
            "registry-path",
            ["a/b/blobs/sha256:00"u8.ToArray(), "a/blobs/uploads/id"u8.ToArray(), "a/tags/list"u8.ToArray()],
            bytes => RegistryRoute.Parse(Encoding.UTF8.GetString(bytes)),
            typeof(RegistryException)
        );
        yield return new FuzzTarget(
            "registry-manifest",
            [Encoding.UTF8.GetBytes(Manifest)],
            bytes => ManifestDocument.Parse(bytes, contentType: null),
            typeof(RegistryException)
        );
        yield return new FuzzTarget(
            "registry-digest",
            [Encoding.UTF8.GetBytes("sha256:" + new string('0', 64))],
            bytes => _ = ContentDigest.TryParse(Encoding.UTF8.GetString(bytes), out _)
        );
    }
}
