using System.Net;
using k8s;
using k8s.Models;
using Lab.Model.Services;

namespace Lab.Services.Admission;

/// <summary>
/// Watches signing requests and approves or denies them. Nothing else approves any: the cluster has no role bindings for automatic approval.
/// </summary>
internal sealed class CertificateGate(
    CertificateJudge judge,
    DecisionLog log,
    AdmissionJournal journal,
    TimeProvider time,
    Action<SigningRequest, JudgedRequest> onDecided
)
{
    private const string ApprovedCondition = "Approved";
    private const string DeniedCondition = "Denied";

    // A connection that died without a word, as when the API server was killed, is noticed after this: the watch's own, or that of an
    // answer which never came.
    private static readonly TimeSpan LongestWatch = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // By UID; gone with the request.
    private readonly Dictionary<string, JudgedRequest> _judged = new(StringComparer.Ordinal);

    /// <summary>Watches until the API server ends the watch. A new watch begins with all requests there are, so nothing is missed.</summary>
    public async Task WatchAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silent.CancelAfter(LongestWatch + Grace);
        await foreach (
            var (type, request) in api.CertificatesV1.WatchListCertificateSigningRequestAsync(
                timeoutSeconds: (int)LongestWatch.TotalSeconds,
                cancellationToken: silent.Token
            )
        )
        {
            if (type == WatchEventType.Deleted)
                _judged.Remove(request.Metadata.Uid);
            else if (type is WatchEventType.Added or WatchEventType.Modified)
                await DecideAsync(api, request, silent.Token);
        }
        throw new IOException("the API server ended the watch of signing requests");
    }

    private async Task DecideAsync(IKubernetes api, V1CertificateSigningRequest request, CancellationToken cancellationToken)
    {
        var asked = SigningRequest.Of(request);
        if (!CertificateJudge.Concerns(asked))
            return;
        if (request.Status?.Conditions?.Any(one => one.Type is ApprovedCondition or DeniedCondition) == true)
        {
            // Ours, and its answer was lost with the connection.
            if (_judged.TryGetValue(asked.Uid, out var earlier))
                Conclude(asked, earlier);
            return;
        }
        var judged = _judged[asked.Uid] = judge.Judge(asked);
        request.Status ??= new V1CertificateSigningRequestStatus();
        request.Status.Conditions = [.. request.Status.Conditions ?? [], ConditionOf(judged)];
        try
        {
            await api.CertificatesV1.ReplaceCertificateSigningRequestApprovalAsync(
                request,
                request.Metadata.Name,
                cancellationToken: cancellationToken
            );
        }
        catch (Exception exception)
            when (ApiFailures.Is(exception, HttpStatusCode.Conflict) || ApiFailures.Is(exception, HttpStatusCode.NotFound))
        {
            // It changed meanwhile, and the watch brings it again; or it is gone.
            return;
        }
        Conclude(asked, judged);
    }

    private V1CertificateSigningRequestCondition ConditionOf(JudgedRequest judged) =>
        new()
        {
            Type = judged.IsApproved ? ApprovedCondition : DeniedCondition,
            Status = "True",
            Reason = judged.Code,
            Message = judged.Detail,
            LastUpdateTime = time.GetUtcNow().UtcDateTime,
        };

    private void Conclude(SigningRequest asked, JudgedRequest judged)
    {
        var decision = new CertificateDecision(judged.NodeName, judged.IsApproved, judged.Code, judged.Detail, time.GetUtcNow());
        if (!log.Add(asked.Uid, decision))
            return;
        journal.Note("certificate", judged.NodeName, judged.Code, judged.Detail);
        onDecided(asked, judged);
    }
}
