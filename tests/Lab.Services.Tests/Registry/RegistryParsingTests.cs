using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lab.Services.Registry;

namespace Lab.Services.Tests.Registry;

public sealed class RegistryParsingTests
{
    private static readonly string[] Words =
    [
        "a",
        "b-c",
        "blobs",
        "uploads",
        "manifests",
        "tags",
        "list",
        "referrers",
        "sha256:00",
        "",
        "..",
        "A",
        "%2e",
    ];

    [TestCase("", RegistryRouteKind.Base, "", "")]
    [TestCase("a/b/blobs/x", RegistryRouteKind.Blob, "a/b", "x")]
    [TestCase("a/blobs/uploads", RegistryRouteKind.Uploads, "a", "")]
    [TestCase("a/blobs/uploads/", RegistryRouteKind.Uploads, "a", "")]
    [TestCase("a/blobs/uploads/id", RegistryRouteKind.Upload, "a", "id")]
    [TestCase("blobs/blobs/blobs", RegistryRouteKind.Blob, "blobs", "blobs")]
    [TestCase("a/tags/list", RegistryRouteKind.Tags, "a", "")]
    [TestCase("tags/list/manifests/latest", RegistryRouteKind.Manifest, "tags/list", "latest")]
    public void Paths_are_taken_apart_from_the_end(string path, object kind, string name, string reference) =>
        Assert.That(RegistryRoute.Parse(path), Is.EqualTo(new RegistryRoute((RegistryRouteKind)kind, name, reference)));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property A_path_gives_a_route_with_a_proper_name_or_an_error() =>
        Prop.ForAll(
            Gen.Elements(Words).ListOf().Select(words => string.Join('/', words)).ToArbitrary(),
            path =>
            {
                try
                {
                    var route = RegistryRoute.Parse(path);
                    return route.Name.Length == 0 || RegistryRoute.IsName(route.Name);
                }
                catch (RegistryException)
                {
                    return true;
                }
            }
        );

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Any_text_as_a_digest_is_the_digest_itself_or_refused(string text) =>
        !ContentDigest.TryParse(text, out var digest) || digest.ToString() == text;

    [Test]
    public void A_broken_manifest_gives_the_registrys_error_and_no_other([Range(0, 299)] int seed)
    {
        const string good =
            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"a/b","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":2},"layers":[{"mediaType":"a/b","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":2}],"annotations":{"a":"b"}}""";
        var random = new Random(seed);
        var bytes = Encoding.UTF8.GetBytes(good);
        for (var count = random.Next(1, 4); count > 0; count--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        var cut = bytes[..random.Next(bytes.Length + 1)];

        foreach (var content in new[] { bytes, cut })
        {
            try
            {
                ManifestDocument.Parse(content, null);
            }
            catch (RegistryException exception)
            {
                Assert.That(exception.Code, Is.EqualTo("MANIFEST_INVALID"));
            }
        }
    }
}
