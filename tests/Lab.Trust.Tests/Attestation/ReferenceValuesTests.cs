using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Attestation;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Attestation;

internal sealed class ReferenceValuesTests
{
    private static readonly string Value = new('a', 64);

    private static ReferenceValues Parse(string json) => ReferenceValues.Parse(Encoding.UTF8.GetBytes(json));

    private static string Json(string pcrs, string extra = "", string schema = ReferenceValues.Schema, string bank = "sha256") =>
        $$"""{"schema":"{{schema}}","description":"d","bank":"{{bank}}","pcrs":{{pcrs}}{{extra}}}""";

    [Test]
    public void What_is_written_reads_back()
    {
        var values = new Dictionary<int, IReadOnlyList<byte[]>>
        {
            [8] = [new byte[32], SHA256.HashData("b"u8)],
            [0] = [SHA256.HashData("a"u8)],
        };
        var read = ReferenceValues.Parse(new ReferenceValues("good", values, pcr0Start: new byte[32]).ToJson());
        Assert.Multiple(() =>
        {
            Assert.That(read.Selection, Is.EqualTo(PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8)));
            Assert.That(read.Allows(8, SHA256.HashData("b"u8)), Is.True);
            Assert.That(read.Allows(8, SHA256.HashData("a"u8)), Is.False);
            Assert.That(read.Allows(4, SHA256.HashData("a"u8)), Is.False, "no reference value is no permission");
            Assert.That(read.Pcr0Start, Is.EqualTo(new byte[32]));
            Assert.That(read.Description, Is.EqualTo("good"));
        });
    }

    [Test]
    public void What_is_not_understood_is_refused()
    {
        var good = $$"""{"8":["{{Value}}"]}""";
        Assert.That(Parse(Json(good)).Pcrs, Has.Count.EqualTo(1));
        foreach (
            var bad in new[]
            {
                Json("{}"),
                Json("""{"8":[]}"""),
                Json("""{"8":["abcd"]}"""),
                Json("""{"8":["zz"]}"""),
                Json($$"""{"24":["{{Value}}"]}"""),
                Json($$"""{"8":["{{Value}}"],"8":["{{Value}}"]}"""),
                Json(good, ""","more":1"""),
                Json(good, ""","pcr0Start":"ab" """),
                Json(good, schema: "hwlab.reference-values/2"),
                Json(good, bank: "sha1"),
                "null",
                "{}",
                "[",
                "",
            }
        )
        {
            Assert.Throws<ReferenceValuesException>(() => Parse(bad), bad);
        }
    }

    [Test]
    public void A_spoilt_file_is_read_or_refused()
    {
        foreach (var bytes in Hostile.Of(Encoding.UTF8.GetBytes(Json($$"""{"8":["{{Value}}"]}""")), 2000))
        {
            try
            {
                ReferenceValues.Parse(bytes);
            }
            catch (ReferenceValuesException)
            {
                // as it should be
            }
        }
    }
}
