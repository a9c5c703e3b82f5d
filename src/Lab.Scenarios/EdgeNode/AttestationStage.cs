using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;

namespace Lab.Scenarios.EdgeNode;

/// <summary>The node proves what it started and is given a secret that only its TPM can open.</summary>
internal sealed class AttestationStage(RunContext context, Boot boot)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var service = context.Services.Require<IAttestation>();
        var outcome = await boot.UnlessItEndsAsync(
            token => service.WaitAsync(context.Board.Name, boot.AppraisalsBefore, context.Deadlines.Of(60), token),
            cancellationToken
        );
        await EvidenceFiles.KeepAsync(context.Recorder, outcome, cancellationToken);
        if (!outcome.Accepted)
        {
            context.Recorder.Refused(outcome.Code ?? "");
            throw new BoardException(
                $"attestation denied ({outcome.Code}): {outcome.Detail}",
                context.Board.Name,
                "the PCR table in the report shows what differs from the prediction"
            );
        }

        var attested = await boot.ReachAsync("node", "attested", context.Deadlines.Of(30), cancellationToken);
        context.Recorder.Phase("attested", attested.At);
        var hash = await boot.AskAsync(
            "sha256sum /run/hwlab/secret",
            @"([0-9a-f]{64})\s+/run/hwlab/secret",
            context.Deadlines.Of(20),
            cancellationToken
        );
        context.Recorder.Check(
            "the board holds the secret that was released to its TPM",
            string.Equals(hash, outcome.SecretSha256, StringComparison.Ordinal),
            $"sha256 in the board {hash}",
            "console.log"
        );
    }
}
