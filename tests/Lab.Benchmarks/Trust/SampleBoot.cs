using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Benchmarks.Trust;

/// <summary>A good board's evidence: a log of a hundred events in one bank, as a boot leaves about, and a quote of the PCRs it is about.</summary>
internal sealed class SampleBoot : IDisposable
{
    public const int Events = 100;
    private const TpmAlgorithm Bank = TpmAlgorithm.Sha256;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SampleBoot()
    {
        var selection = PcrSelection.Of(Bank, 0, 1, 4, 5, 7, 8, 9, 11);
        var writer = new EventLogWriter(Bank);
        for (var index = 0; index < Events; index++)
        {
            var text = Encoding.ASCII.GetBytes($"what was measured as number {index}");
            writer.AppendMeasured(selection.Pcrs[index % selection.Pcrs.Count], LogEventType.Ipl, text, text);
        }

        Log = writer.ToArray();
        var values = EventLog.Parse(Log).Replay(selection);
        var nonce = RandomNumberGenerator.GetBytes(32);
        var attest = new TpmWriter().U32(TpmAttest.GeneratedMagic).U16(TpmAttest.QuoteType).Sized(new byte[34]).Sized(nonce);
        attest.U64(1000).U32(7).U32(1).U8(1).U64(0x2024_0101);
        selection.WriteList(attest);
        attest.Sized(values.ComputeDigest(selection, Bank));
        var both = _key.SignData(attest.ToArray(), HashAlgorithmName.SHA256);
        var signature = new TpmSignature(new TpmScheme(TpmAlgorithm.EcDsa, Bank), both[..32], both[32..]).ToBytes();
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        Evidence = new QuoteEvidence(attest.ToArray(), signature, Log);
        Challenge = new QuoteChallenge(
            TpmTemplates.AkEccP256 with
            {
                Unique = point.X!,
                UniqueY = point.Y!,
            },
            nonce,
            ReferenceValues.From("good", values)
        );
    }

    public byte[] Log { get; }

    public QuoteEvidence Evidence { get; }

    public QuoteChallenge Challenge { get; }

    public void Dispose() => _key.Dispose();
}
