using System.Globalization;
using System.Text;
using Lab.Model.Services;

namespace Lab.Services.Attestation;

/// <summary>Keeps what boards sent and what came of it, one folder an appraisal: the run's evidence.</summary>
internal sealed class EvidenceStore(string folder, int limit) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private int _count;

    /// <param name="outcome">What came of it.</param>
    /// <param name="isRenewal">One of many that say the same: only the last of them is kept.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task KeepAsync(AppraisalOutcome outcome, bool isRenewal, CancellationToken cancellationToken)
    {
        var name = $"last-renewal-{outcome.Board}";
        if (!isRenewal)
        {
            var number = Interlocked.Increment(ref _count);
            if (number > limit)
                return;
            name = $"{number.ToString("000", CultureInfo.InvariantCulture)}-{outcome.Board}";
        }
        // Renewals of one board come one after the other; a second at the same time is an intruder's, and must not mix with the first.
        await _one.WaitAsync(cancellationToken);
        try
        {
            await WriteAsync(Path.Combine(folder, name), outcome, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static async Task WriteAsync(string path, AppraisalOutcome outcome, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        foreach (var (file, content) in outcome.Files)
            await File.WriteAllBytesAsync(Path.Combine(path, file), content, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(path, "outcome.txt"), Describe(outcome), cancellationToken);
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
