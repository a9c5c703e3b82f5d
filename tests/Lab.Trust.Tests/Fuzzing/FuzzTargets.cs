#pragma warning disable CA5350 // One of the banks that a log may have is SHA-1.
using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Oci;
using Lab.Trust.Prediction;
using Lab.Trust.Tests.Prediction;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tests.Tuf;
using Lab.Trust.Tpm;
using Lab.Trust.Tuf;

namespace Lab.Trust.Tests.Fuzzing;

/// <summary>Every parser of untrusted bytes in this library.</summary>
internal static class FuzzTargets
{
    private const TpmAlgorithm Bank = TpmAlgorithm.Sha256;
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    public static IEnumerable<FuzzTarget> All() => [.. OfTpm(), .. OfLogs(), .. OfStatements(), .. OfDelivery(), .. OfImages()];

    private static IEnumerable<FuzzTarget> OfTpm()
    {
        using var key = new SoftwareQuote();
        var selection = PcrSelection.Of(Bank, 0, 8);
        var attest = SoftwareQuote.Attest(new byte[32], selection, new byte[32]);
        var error = typeof(TpmFormatException);
        byte[] response = [0x80, 0x02, 0, 0, 0, 25, 0, 0, 0, 0, 0, 0, 0, 4, 0, 2, 1, 2, 0, 0, 1, 0, 0];
        response = [.. response[..5], (byte)response.Length, .. response[6..]];
        yield return new FuzzTarget(
            "tpm-response",
            [response, [0x80, 0x01, 0, 0, 0, 10, 0, 0, 1, 1]],
            bytes =>
                TpmResponse.Parse(TpmCommandCode.Unseal, bytes, hasHandle: false, [TpmAuthorization.Empty]).Parameters.Sized(),
            error,
            typeof(TpmException)
        );
        yield return new FuzzTarget("tpm-attest", [attest], bytes => TpmAttest.Parse(bytes), error);
        yield return new FuzzTarget("tpm-creation", [attest], bytes => TpmCreationAttest.Parse(bytes), error);
        yield return new FuzzTarget(
            "tpm-public",
            [TpmTemplates.EkRsa2048.ToBytes(), key.Public.ToBytes(), TpmTemplates.Sealed(new byte[32]).ToBytes()],
            bytes => TpmPublic.Parse(bytes).ComputeName(),
            error,
            typeof(NotSupportedException)
        );
        var signature = key.Sign(attest);
        var signer = key.Public;
        yield return new FuzzTarget(
            "tpm-signature",
            [signature],
            bytes => TpmSignature.Parse(bytes).Verify(signer, attest),
            error
        );
    }

    private static IEnumerable<FuzzTarget> OfLogs()
    {
        var error = typeof(EventLogException);
        var agile = new EventLogWriter(TpmAlgorithm.Sha1, Bank)
            .AppendMeasured(0, LogEventType.SCrtmVersion, "v"u8, "v\0"u8)
            .AppendMeasured(1, LogEventType.EventTag, "x"u8, [1, 0, 0, 0, 1, 0, 0, 0, 9])
            .AppendMeasured(
                7,
                LogEventType.EfiVariableBoot,
                "x"u8,
                [.. new byte[16], 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 65, 0, 7]
            )
            .AppendMeasured(5, LogEventType.EfiGptEvent, "x"u8, new byte[100])
            .AppendMeasured(4, LogEventType.EfiBootServicesApplication, "x"u8, new byte[32])
            .ToArray();
        byte[] old = [.. new byte[4], 8, 0, 0, 0, .. new byte[20], 1, 0, 0, 0, 65];
        yield return new FuzzTarget(
            "event-log",
            [agile, old],
            bytes =>
            {
                var log = EventLog.Parse(bytes);
                foreach (var bank in log.Banks)
                {
                    log.Replay(bank);
                }

                foreach (var one in log.Events)
                {
                    one.Decode().Describe();
                }
            },
            error
        );
        var data = (byte[])[9, 0, 0, 0, .. "sha256:\0x"u8, 2, 0, 0, 0, 97, 0];
        byte[] ima =
        [
            10,
            0,
            0,
            0,
            .. TpmHash.Compute(TpmAlgorithm.Sha1, data),
            6,
            0,
            0,
            0,
            .. "ima-ng"u8,
            17 + 2,
            0,
            0,
            0,
            .. data,
        ];
        yield return new FuzzTarget("ima-log", [ima], bytes => ImaLog.Parse(bytes).Replay(Bank), error);
        var record = "\u001e{\"pcr\":15,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"" + Zeros + "\"}],\"content\":{}}\n";
        yield return new FuzzTarget(
            "userspace-log",
            [Encoding.UTF8.GetBytes(record)],
            bytes =>
            {
                var log = UserspaceLog.Parse(bytes);
                foreach (var bank in log.Banks)
                {
                    log.Replay(bank);
                }
            },
            error
        );
        var guest = new EventLogWriter(TpmAlgorithm.Sha384).AppendMeasured(1, LogEventType.Separator, new byte[4], new byte[4]);
        yield return new FuzzTarget("confidential-log", [guest.ToArray()], bytes => ConfidentialLog.Parse(bytes).Replay(), error);
    }

    private static IEnumerable<FuzzTarget> OfStatements()
    {
        using var signer = StatementSigner.Create();
        var now = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal) { ["quote.bin"] = Zeros };
        var statement = new AppraisalStatement(
            "lab",
            "virt-1",
            [new Claim("nonce", ClaimVerdict.Pass, "yes")],
            new Denial("x", "y", 8),
            digests,
            Zeros,
            now,
            now.AddMinutes(5)
        );
        var envelope = signer.Sign(statement);
        yield return new FuzzTarget("envelope", [envelope], bytes => DsseEnvelope.Parse(bytes), typeof(StatementException));
        yield return new FuzzTarget(
            "statement",
            [DsseEnvelope.Parse(envelope).Payload],
            bytes => StatementCodec.Read(bytes),
            typeof(StatementException)
        );
        var reference = new ReferenceValues("r", new Dictionary<int, IReadOnlyList<byte[]>> { [8] = [new byte[32]] });
        yield return new FuzzTarget(
            "reference-values",
            [reference.ToJson()],
            bytes => ReferenceValues.Parse(bytes),
            typeof(ReferenceValuesException)
        );
        using var rsa = RSA.Create(2048);
        var values = new PcrValues(Bank, new Dictionary<int, byte[]> { [11] = new byte[32] });
        var policies = SignedPcrPolicies.ToJson(SignedPcrPolicies.Sign([values], rsa));
        var parameters = rsa.ExportParameters(false);
        yield return new FuzzTarget(
            "signed-policies",
            [policies],
            bytes =>
            {
                using var key = RSA.Create(parameters);
                SignedPcrPolicies.Find(SignedPcrPolicies.Parse(bytes), values, key);
            },
            typeof(PredictionException)
        );
    }

    private static IEnumerable<FuzzTarget> OfDelivery()
    {
        using var bench = new TufBench();
        bench.Repository.AddTarget("os/test", "content"u8);
        bench.Repository.Publish();
        byte[] File(string name) =>
            System.IO.File.ReadAllBytes(
                Directory.EnumerateFiles(bench.Folder, $"*{name}.json").Order(StringComparer.Ordinal).Last()
            );
        var error = typeof(TufException);
        yield return new FuzzTarget("tuf-root", [File("root")], bytes => RootMetadata.Parse(bytes), error);
        yield return new FuzzTarget("tuf-timestamp", [File("timestamp")], bytes => TimestampMetadata.Parse(bytes), error);
        yield return new FuzzTarget("tuf-snapshot", [File("snapshot")], bytes => SnapshotMetadata.Parse(bytes), error);
        yield return new FuzzTarget(
            "tuf-targets",
            [File("targets")],
            bytes => TargetsMetadata.Parse(bytes, TufRoles.Targets),
            error
        );
        var layer = new OciDescriptor(OciMediaTypes.LayerZstd, OciDigest.Sha256(Zeros), 5);
        var manifest = new OciManifest(OciDescriptor.Empty, [layer]) { ArtifactType = OciMediaTypes.HwLabOs };
        yield return new FuzzTarget(
            "oci-manifest",
            [manifest.ToBytes()],
            bytes => OciManifest.Parse(bytes),
            typeof(OciException)
        );
        var index = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}";
        yield return new FuzzTarget(
            "oci-index",
            [Encoding.UTF8.GetBytes(index)],
            bytes => OciIndex.Parse(bytes),
            typeof(OciException)
        );
        yield return new FuzzTarget(
            "oci-challenge",
            [Encoding.UTF8.GetBytes("realm=\"https://a/b\",service=\"x\",scope=\"y\"")],
            bytes => OciChallenge.Parameters(Encoding.UTF8.GetString(bytes)),
            typeof(OciException)
        );
    }

    private static IEnumerable<FuzzTarget> OfImages()
    {
        var error = typeof(PredictionException);
        yield return new FuzzTarget(
            "pe",
            [SyntheticPe.Build((".linux", SyntheticPe.Build((".text", [1, 2, 3]))), (".cmdline", "quiet"u8.ToArray()))],
            bytes =>
            {
                var image = PeImage.Parse(bytes);
                image.AuthenticodeSha256();
                foreach (var section in image.Sections)
                {
                    image.LoadedContent(section);
                }
            },
            error
        );
        yield return new FuzzTarget(
            "uki",
            [SyntheticPe.Build((".linux", SyntheticPe.Build((".text", [1, 2, 3]))), (".cmdline", "quiet"u8.ToArray()))],
            bytes => UkiPhases.Of(bytes, Bank, UkiPhases.Standard),
            error
        );
    }
}
