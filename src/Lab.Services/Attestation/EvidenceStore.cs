using System.Globalization;
using System.Text;
using Lab.Model.Services;
using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>Keeps what boards sent and what came of it, one folder an appraisal: the run's evidence.</summary>
internal sealed class EvidenceStore(string folder, int limit)
{
    private int _count;

    public async Task KeepAsync(IdentityEvidence? shown, AppraisalOutcome outcome, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _count);
        if (number > limit)
            return;
        var path = Path.Combine(folder, $"{number.ToString("000", CultureInfo.InvariantCulture)}-{outcome.Board}");
        Directory.CreateDirectory(path);
        var evidence = outcome.Evidence;
        (string Name, ReadOnlyMemory<byte> Content)[] files =
        [
            ("ek.crt", shown?.EkCertificate),
            ("ek.pub", shown?.EkPublic),
            ("ak.pub", shown?.AkPublic),
            ("nonce", evidence.Nonce),
            ("quote.bin", evidence.Attest),
            ("quote.sig", evidence.Signature),
            ("eventlog.bin", evidence.EventLog),
            ("outcome.txt", Encoding.UTF8.GetBytes(Describe(outcome))),
        ];
        foreach (var (name, content) in files.Where(file => file.Content.Length > 0))
            await File.WriteAllBytesAsync(Path.Combine(path, name), content, cancellationToken);
    }

    private static string Describe(AppraisalOutcome outcome)
    {
        var text = new StringBuilder();
        var verdict = outcome.Accepted ? "accepted" : $"denied ({outcome.Code})";
        text.AppendLine(CultureInfo.InvariantCulture, $"{outcome.AppraisedAt:O} {outcome.Board} {verdict}: {outcome.Detail}");
        foreach (var claim in outcome.Claims)
            text.AppendLine(CultureInfo.InvariantCulture, $"{claim.Verdict, -8} {claim.Name}: {claim.Detail}");
        foreach (var pcr in outcome.Pcrs)
            text.AppendLine(CultureInfo.InvariantCulture, $"PCR {pcr.Index, 2} predicted {pcr.Predicted} quoted {pcr.Quoted}");
        return text.ToString();
    }
}
