using System.Text;
using Lab.Trust.Oci;
using NUnit.Framework;

namespace Lab.Trust.Tests.Oci;

public sealed class OciDocumentTests
{
    private const string Digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    private static readonly OciManifest Manifest = new(
        OciDescriptor.Empty,
        [new OciDescriptor(OciMediaTypes.LayerZstd, OciDigest.Parse(Digest), 5)]
    )
    {
        ArtifactType = OciMediaTypes.HwLabOs,
        Subject = OciDescriptor.Empty,
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "1", ["a"] = "é" },
    };

    [Test]
    public void The_empty_descriptor_is_the_one_of_the_specification() =>
        Assert.That(OciDescriptor.Empty.Digest.ToString(), Is.EqualTo(Digest));

    [Test]
    public void What_is_written_is_read_back()
    {
        var read = OciManifest.Parse(Manifest.ToBytes(), OciMediaTypes.Manifest);
        Assert.Multiple(() =>
        {
            Assert.That(read.ToBytes(), Is.EqualTo(Manifest.ToBytes()));
            Assert.That(read.Annotations["a"], Is.EqualTo("é"));
            Assert.That(read.Subject!.Size, Is.EqualTo(2));
        });
    }

    [TestCase("sha256:44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A")]
    [TestCase("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8")]
    [TestCase("sha512:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    [TestCase("md5:44136fa355b3678a1146ad16f7e8649e")]
    [TestCase("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    [TestCase("sha256:../../../../../../../../../../../../../../../../../../../../../..")]
    [TestCase("")]
    public void Other_spellings_of_digests_are_refused(string text) => Assert.That(OciDigest.TryParse(text), Is.Null);

    [TestCase("a", true)]
    [TestCase("a/b-c/d__e.f--g", true)]
    [TestCase("A", false)]
    [TestCase("a//b", false)]
    [TestCase("a/../b", false)]
    [TestCase("a___b", false)]
    [TestCase("a..b", false)]
    [TestCase("a._b", false)]
    [TestCase("-a", false)]
    [TestCase("a-", false)]
    [TestCase("a?b", false)]
    [TestCase("", false)]
    public void Repository_names_are_strict(string name, bool good)
    {
        if (good)
        {
            Assert.That(OciReference.RequireRepository(name), Is.EqualTo(name));
        }
        else
        {
            Assert.Throws<OciException>(() => OciReference.RequireRepository(name));
        }
    }

    [TestCase("""{"schemaVersion":2,"mediaType":"T","config":C,"layers":[]}""", Description = "unknown type")]
    [TestCase("""{"schemaVersion":1,"mediaType":"M","config":C,"layers":[]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"I","config":C,"layers":[]}""", Description = "an index's type")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":[],"manifests":[]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","mediaType":"M","config":C,"layers":[]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":{}}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":[1]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":[{"mediaType":"a","digest":"D","size":1}]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":[{"mediaType":"a/b","digest":"D","size":-1}]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":[{"mediaType":"a/b","digest":"D","size":1.5}]}""")]
    [TestCase(
        """{"schemaVersion":2,"mediaType":"M","config":C,"layers":[{"mediaType":"a/b","digest":"D","size":9223372036854775808}]}"""
    )]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","layers":[]}""")]
    [TestCase("""{"schemaVersion":2,"config":C,"layers":[]}""", Description = "no type at all")]
    [TestCase("""{"schemaVersion":2,"mediaType":"M","config":C,"layers":[],"annotations":{"a":1}}""")]
    [TestCase("[]")]
    [TestCase("")]
    [TestCase("{\"schemaVersion\":2,\"mediaType\":\"\\ud800\",\"config\":C,\"layers\":[]}")]
    public void Malformed_manifests_are_refused(string text)
    {
        var content = text.Replace("\"M\"", $"\"{OciMediaTypes.Manifest}\"", StringComparison.Ordinal)
            .Replace("\"I\"", $"\"{OciMediaTypes.Index}\"", StringComparison.Ordinal)
            .Replace("\"D\"", $"\"{Digest}\"", StringComparison.Ordinal)
            .Replace(":C,", $$""":{"mediaType":"a/b","digest":"{{Digest}}","size":2},""", StringComparison.Ordinal);
        var e = Assert.Throws<OciException>(() => OciManifest.Parse(Encoding.UTF8.GetBytes(content)));
        Assert.That(e!.Code, Is.EqualTo(OciErrorCode.Invalid));
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool Damaged_documents_give_our_errors_only((int At, byte Value)[] damage)
    {
        var content = Manifest.ToBytes();
        foreach (var (at, value) in damage)
        {
            content[(int)((uint)at % content.Length)] = value;
        }
        try
        {
            OciManifest.Parse(content);
            OciIndex.Parse(content);
        }
        catch (OciException)
        {
            return true;
        }
        return true;
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Challenges_of_any_form_end(string text)
    {
        OciChallenge.Parameters(text);
        return true;
    }
}
