using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lab.Services.Tuf;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Lab.Trust.Tests.Tuf;

public sealed class TufFormatTests
{
    private static readonly Lazy<(byte[] Root, byte[] Timestamp, byte[] Snapshot, byte[] Targets)> Good = new(Make);

    [TestCase("""{"b":1,"a":[true,false,null,-5,"x"]}""", """{"a":[true,false,null,-5,"x"],"b":1}""")]
    [TestCase("""{ "a" : "\u00e9\n\t\"\\\/" }""", "{\"a\":\"é\n\t\\\"\\\\/\"}")]
    [TestCase("""{"\ud83d\ude00":1,"\uffff":2}""", "{\"\uffff\":2,\"\ud83d\ude00\":1}", Description = "code point order")]
    [TestCase("[-0, 123456789012345678901234567890]", "[0,123456789012345678901234567890]")]
    [TestCase("""{"":{}}""", """{"":{}}""")]
    public void Canonical_json_is_that_of_the_specification(string text, string canonical)
    {
        using var document = JsonDocument.Parse(text);
        Assert.That(Encoding.UTF8.GetString(CanonicalJson.Encode(document.RootElement)), Is.EqualTo(canonical));
    }

    [TestCase("1.0")]
    [TestCase("1e3")]
    [TestCase("\"\\ud800\"")]
    [TestCase("{\"\\ud800\":1}")]
    public void What_has_no_canonical_form_is_refused(string text)
    {
        using var document = JsonDocument.Parse(text);
        Assert.Throws<FormatException>(() => CanonicalJson.Encode(document.RootElement));
    }

    [Test]
    public void Rsa_pss_and_pkcs1_signatures_are_verified()
    {
        using var rsa = RSA.Create(2048);
        var data = "data"u8.ToArray();
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var pss = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        var pkcs1 = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Multiple(() =>
        {
            Assert.That(Verify(new RsaSignatureScheme(), new("rsa", "rsassa-pss-sha256", pem), data, pss), Is.True);
            Assert.That(Verify(new RsaSignatureScheme(), new("rsa", "rsa-pkcs1v15-sha256", pem), data, pkcs1), Is.True);
            Assert.That(Verify(new RsaSignatureScheme(), new("rsa", "rsassa-pss-sha256", pem), data, pkcs1), Is.False);
            Assert.That(Verify(new RsaSignatureScheme(), new("rsa", "rsassa-pss-sha256", pem), [1], pss), Is.False);
        });
    }

    [Test]
    public void Short_rsa_keys_are_refused()
    {
        using var rsa = RSA.Create(1024);
        var key = new TufKey("rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem());
        Assert.That(new RsaSignatureScheme().Decode(key), Is.Null);
    }

    [Test]
    public void Ecdsa_keys_may_be_pem_or_a_point_and_count_as_one()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        var hex = "04" + Convert.ToHexStringLower(point.X!) + Convert.ToHexStringLower(point.Y!);
        var scheme = new EcdsaSignatureScheme();
        var asPem = scheme.Decode(new("ecdsa", "ecdsa-sha2-nistp256", ecdsa.ExportSubjectPublicKeyInfoPem()));
        var asPoint = scheme.Decode(new("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", hex));
        Assert.That(asPem, Is.Not.Null.And.EqualTo(asPoint));
    }

    [TestCase("ecdsa", "ecdsa-sha2-nistp256", "")]
    [TestCase("ecdsa", "ecdsa-sha2-nistp256", "04")]
    [TestCase("ecdsa", "ecdsa-sha2-nistp256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [TestCase("ecdsa", "ecdsa-sha2-nistp256", "-----BEGIN nothing")]
    public void Malformed_keys_are_refused(string type, string scheme, string text) =>
        Assert.That(new EcdsaSignatureScheme().Decode(new TufKey(type, scheme, text)), Is.Null);

    [Test]
    public void A_point_that_is_not_on_the_curve_is_refused() =>
        Assert.That(new EcdsaSignatureScheme().Decode(new("ecdsa", "ecdsa-sha2-nistp256", "04" + new string('1', 128))), Is.Null);

    [Test]
    public void A_p384_key_is_no_p256_key()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var pem = ecdsa.ExportSubjectPublicKeyInfoPem();
        Assert.Multiple(() =>
        {
            Assert.That(new EcdsaSignatureScheme().Decode(new("ecdsa", "ecdsa-sha2-nistp256", pem)), Is.Null);
            Assert.That(new EcdsaSignatureScheme().Decode(new("ecdsa", "ecdsa-sha2-nistp384", pem)), Is.Not.Null);
        });
    }

    /// <summary>RFC 8032, 7.1, TEST 2.</summary>
    [Test]
    public void Ed25519_signatures_are_verified_by_the_labs_scheme()
    {
        var key = new TufKey("ed25519", "ed25519", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        var signature = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        Assert.Multiple(() =>
        {
            Assert.That(Verify(new Ed25519SignatureScheme(), key, [0x72], signature), Is.True);
            Assert.That(Verify(new Ed25519SignatureScheme(), key, [0x73], signature), Is.False);
            Assert.That(Verify(new Ed25519SignatureScheme(), key, [0x72], signature[1..]), Is.False);
            Assert.That(new Ed25519SignatureScheme().Decode(key with { PublicKey = "00" }), Is.Null);
            Assert.That(Ed25519.SignatureSize, Is.EqualTo(64));
        });
    }

    [TestCase("version", "0")]
    [TestCase("version", "-1")]
    [TestCase("version", "1.5")]
    [TestCase("version", "\"1\"")]
    [TestCase("version", "99999999999999999999")]
    [TestCase("_type", "\"snapshot\"")]
    [TestCase("spec_version", "\"2.0\"")]
    [TestCase("spec_version", "\"1\"")]
    [TestCase("spec_version", "\"1.a\"")]
    [TestCase("expires", "\"2030-01-01\"")]
    [TestCase("expires", "\"2030-01-01T00:00:00+00:00\"")]
    [TestCase("expires", "\"2030-13-01T00:00:00Z\"")]
    [TestCase("expires", "\"2030-01-01T00:00:00.5Z\"")]
    [TestCase("meta", "[]")]
    [TestCase("meta", "{}")]
    [TestCase("meta", """{"snapshot.json":{"version":0}}""")]
    [TestCase("meta", """{"snapshot.json":{"version":1,"hashes":{}}}""")]
    [TestCase("meta", """{"snapshot.json":{"version":1,"hashes":{"md5":"00"}}}""")]
    [TestCase("meta", """{"snapshot.json":{"version":1,"length":-1}}""")]
    public void Malformed_metadata_is_refused(string member, string value)
    {
        var timestamp = (JsonObject)JsonNode.Parse(Good.Value.Timestamp)!;
        timestamp["signed"]![member] = JsonNode.Parse(value);
        Invalid(timestamp.ToJsonString(), TimestampMetadata.Parse);
        ((JsonObject)timestamp["signed"]!).Remove(member);
        Invalid(timestamp.ToJsonString(), TimestampMetadata.Parse);
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"signed":[],"signatures":[]}""")]
    [TestCase("""{"signed":{},"signatures":[]}""")]
    [TestCase("nonsense")]
    public void What_is_no_metadata_is_refused(string text) => Invalid(text, TimestampMetadata.Parse);

    [Test]
    public void Members_that_stand_twice_are_refused()
    {
        var text = Encoding.UTF8.GetString(Good.Value.Timestamp);
        Invalid(text.Replace("\"version\"", "\"version\": 1, \"version\"", StringComparison.Ordinal), TimestampMetadata.Parse);
    }

    [Test]
    public void Deep_nesting_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));
        Invalid($$"""{"signed":{{deep}}""", TimestampMetadata.Parse);
    }

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public bool Damaged_metadata_gives_our_errors_only((int At, byte Value)[] damage, byte role)
    {
        var (source, parse) = (role % 4) switch
        {
            0 => (Good.Value.Root, (Func<byte[], object>)RootMetadata.Parse),
            1 => (Good.Value.Timestamp, TimestampMetadata.Parse),
            2 => (Good.Value.Snapshot, SnapshotMetadata.Parse),
            _ => (Good.Value.Targets, bytes => TargetsMetadata.Parse(bytes, TufRoles.Targets)),
        };
        var bytes = source.ToArray();
        foreach (var (at, value) in damage)
        {
            bytes[(int)((uint)at % bytes.Length)] = value;
        }
        try
        {
            parse(bytes);
        }
        catch (TufException e)
        {
            return e.Code == TufErrorCode.Invalid;
        }
        return true;
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Members_of_any_kind_give_our_errors_only(int choice, int kind)
    {
        var node = (JsonObject)JsonNode.Parse(Good.Value.Targets)!;
        var places = Places(node).ToArray();
        var (parent, name) = places[(int)((uint)choice % places.Length)];
        string[] values = ["null", "1", "-1", "1.5", "\"\"", "\"x\"", "[]", "{}", "true", "[1]", "{\"a\":1}", "1e400"];
        parent[name] = JsonNode.Parse(values[(int)((uint)kind % values.Length)]);
        try
        {
            var targets = TargetsMetadata.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()), TufRoles.Targets);
            targets.Delegations?.For("a").ToArray();
        }
        catch (TufException e)
        {
            return e.Code == TufErrorCode.Invalid;
        }
        return true;
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool Patterns_and_names_of_any_form_end(string pattern, string path)
    {
        TufPathPattern.Matches(pattern ?? "", path ?? "");
        TufPathPattern.Matches(pattern ?? "", pattern ?? "");
        return true;
    }

    private static IEnumerable<(JsonObject Parent, string Name)> Places(JsonNode? node) =>
        node switch
        {
            JsonObject value => value.SelectMany(member => Places(member.Value).Prepend((Parent: value, Name: member.Key))),
            JsonArray items => items.SelectMany(Places),
            _ => [],
        };

    private static bool Verify(ISignatureScheme scheme, TufKey key, byte[] data, byte[] signature) =>
        scheme.Supports(key.KeyType, key.Scheme)
        && scheme.Decode(key) is { } decoded
        && scheme.Verify(key, decoded, data, signature);

    private static void Invalid<T>(string text, Func<byte[], T> parse)
    {
        var e = Assert.Throws<TufException>(() => parse(Encoding.UTF8.GetBytes(text)));
        Assert.That(e!.Code, Is.EqualTo(TufErrorCode.Invalid));
    }

    private static (byte[] Root, byte[] Timestamp, byte[] Snapshot, byte[] Targets) Make()
    {
        using var bench = new TufBench();
        bench.Repository.AddOciTarget("a", "a", [1]);
        bench.Repository.Delegate(
            new TufDelegationPlan("d", TufRolePlan.Single(bench.Signers[TufRoles.Targets][0], TimeSpan.FromDays(1)))
            {
                Paths = ["*"],
            }
        );
        bench.Repository.Publish();
        return (
            File.ReadAllBytes(Path.Combine(bench.Folder, "1.root.json")),
            File.ReadAllBytes(Path.Combine(bench.Folder, "timestamp.json")),
            File.ReadAllBytes(Path.Combine(bench.Folder, "2.snapshot.json")),
            File.ReadAllBytes(Path.Combine(bench.Folder, "2.targets.json"))
        );
    }
}
