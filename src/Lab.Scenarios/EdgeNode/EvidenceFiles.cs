using Lab.Model.Runs;
using Lab.Model.Services;

namespace Lab.Scenarios.EdgeNode;

/// <summary>Puts what an appraisal looked at, and what it found, into the run.</summary>
internal static class EvidenceFiles
{
    public static async Task KeepAsync(IRunRecorder recorder, AppraisalOutcome outcome, CancellationToken cancellationToken)
    {
        var evidence = outcome.Evidence;
        string[] files =
        [
            await recorder.KeepAsync("quote.bin", evidence.Attest, cancellationToken),
            await recorder.KeepAsync("quote.sig", evidence.Signature, cancellationToken),
            await recorder.KeepAsync("eventlog.bin", evidence.EventLog, cancellationToken),
        ];
        foreach (var (name, content) in outcome.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (!files.Any(kept => Path.GetFileName(kept) == name))
            {
                await recorder.KeepAsync(name, content, cancellationToken);
            }
        }

        recorder.Pcrs(outcome.Pcrs);
        if (outcome.Accepted)
        {
            foreach (var claim in outcome.Claims)
            {
                recorder.Check(claim.Name, claim.Verdict == Verdict.Pass, claim.Detail, files);
            }
        }
    }
}
