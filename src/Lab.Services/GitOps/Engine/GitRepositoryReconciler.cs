using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>Makes an artifact of what a GitRepository names: fetched, verified, unrewritten, harmless; else the last good one stays.</summary>
internal sealed class GitRepositoryReconciler(EngineParts parts) : SourceReconciler(parts, FluxApi.GitRepository, "git")
{
    protected override SourceException Late(string timeout) =>
        new(SourceException.GitOperationFailed, $"not done within {timeout}");

    protected override string Explain(SourceException exception) =>
        exception is { Reason: SourceException.GitOperationFailed, IsStalled: false }
            ? $"failed to checkout and determine revision: {exception.Message}"
            : exception.Message;

    protected override async Task FetchAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        RefuseUnsupported(work.Spec);
        var (key, spec) = (work.Key, work.Spec);
        var before = Artifact.Read(work.Status["artifact"] as JsonObject);
        var folder = Directory.CreateDirectory(FolderOf(key)).FullName;
        var secret = await Secrets.ReadAsync(
            key.Namespace,
            spec["secretRef"],
            SourceException.AuthenticationFailed,
            cancellationToken
        );
        var remote = GitRemote.Create(KubeJson.Text(spec["url"]) ?? "", secret, folder);
        var git = new GitTool(folder, Parts.Limits.Pack);
        var mirror = new GitMirror(git, Path.Combine(folder, "mirror.git"));
        var reference = GitReference.Read(spec["ref"] as JsonObject);
        var accepted = MustDescendFrom(work, reference, before);
        var checkout = await mirror.FetchAsync(remote, reference, accepted, cancellationToken);
        work.Conditions.Remove(ConditionList.FetchFailed);
        await VerifyAsync(work, git, mirror, checkout, cancellationToken);
        if (accepted is not null && !await mirror.DescendsAsync(checkout.Commit, accepted, cancellationToken))
            throw new SourceException(
                SourceException.HistoryRewritten,
                $"history was rewritten: {checkout.Revision} does not descend from sha1:{accepted}, which was accepted last"
            );
        await StoreAsync(work, git, mirror, checkout, before, cancellationToken);
        await mirror.AcceptAsync(checkout.Commit, cancellationToken);
    }

    // Only a branch is a history; a tag or commit is asked for by name.
    private static string? MustDescendFrom(ObjectUnderWork work, GitReference reference, Artifact? before)
    {
        if (work.Item.Annotation(FluxApi.HistoryAnnotation) != FluxApi.FastForward)
            return null;
        if (reference is not { Commit: null, Name: null, Semver: null, Tag: null })
            return null;
        var last = GitRevision.TryParse(before?.Revision);
        return last?.Reference == reference.BranchOrDefault ? last.Commit : null;
    }

    private async Task VerifyAsync(
        ObjectUnderWork work,
        GitTool git,
        GitMirror mirror,
        GitCheckout checkout,
        CancellationToken cancellationToken
    )
    {
        if (work.Spec["verify"] is not JsonObject verify)
        {
            work.Conditions.Remove(ConditionList.SourceVerified);
            work.Status.Remove("sourceVerificationMode");
            return;
        }

        var mode = KubeJson.Text(verify["mode"]) is { } said && said != "head" ? said : "HEAD";
        var keys = await Secrets.ReadAsync(
            work.Key.Namespace,
            verify["secretRef"],
            SourceException.VerificationError,
            cancellationToken
        );
        var verifier = new SignatureVerifier(git, FolderOf(work.Key));
        var verified = new List<string>();
        if (mode is "Tag" or "TagAndHEAD")
        {
            if (checkout.TagName is not { } name)
                throw new SourceException(
                    SourceException.InvalidVerificationMode,
                    "cannot verify tag object's signature if a tag reference is not specified",
                    stalled: true
                );
            if (checkout.TagObject is not { } tag)
                throw new SourceException(
                    SourceException.InvalidGitObject,
                    $"cannot verify signature of tag '{name}' since it is not signed"
                );
            var signer = await verifier.VerifyAsync(mirror.Folder, SignedObject.Tag(tag, name), keys, cancellationToken);
            verified.Add($"tag '{name}' with key '{signer}'");
        }

        if (mode is "HEAD" or "TagAndHEAD")
        {
            var signer = await verifier.VerifyAsync(mirror.Folder, SignedObject.Commit(checkout.Commit), keys, cancellationToken);
            verified.Add($"commit '{checkout.Commit}' with key '{signer}'");
        }

        work.Status["sourceVerificationMode"] = mode;
        work.Conditions.True(
            ConditionList.SourceVerified,
            "Succeeded",
            "verified signature of\n\t- " + string.Join("\n\t- ", verified)
        );
    }

    private async Task StoreAsync(
        ObjectUnderWork work,
        GitTool git,
        GitMirror mirror,
        GitCheckout checkout,
        Artifact? before,
        CancellationToken cancellationToken
    )
    {
        var ignore = KubeJson.Text(work.Spec["ignore"]);
        var revision = checkout.Revision.ToString();
        var isSame =
            before?.Revision == revision
            && ignore == KubeJson.Text(work.Status["observedIgnore"])
            && await Parts.Artifacts.HasAsync(before, cancellationToken);
        if (!isSame)
        {
            var tree = new GitTree(git, mirror.Folder, Parts.Limits);
            var files = await tree.ReadAsync(
                checkout.Commit,
                new GitIgnore(git, mirror.Folder, FolderOf(work.Key), ignore),
                cancellationToken
            );
            var artifact = await Parts.Artifacts.WriteAsync(
                FluxApi.GitRepository.Kind,
                work.Key,
                revision,
                checkout.Commit,
                files,
                cancellationToken
            );
            work.Status["artifact"] = artifact.ToJson(Parts.Time.GetUtcNow());
            Observe(work, "observedIgnore", ignore);
        }

        await SucceedAsync(
            work,
            $"stored artifact for revision '{revision}'",
            $"stored artifact for commit '{checkout.Subject}'",
            revision,
            isNew: !isSame,
            cancellationToken
        );
    }

    private static void RefuseUnsupported(JsonObject spec)
    {
        foreach (var field in (string[])["include", "sparseCheckout", "proxySecretRef"])
        {
            if (spec[field] is not null)
                throw Unsupported(field);
        }

        if (KubeJson.Flag(spec["recurseSubmodules"]))
            throw Unsupported("recurseSubmodules");
        if (KubeJson.Text(spec["provider"]) is not (null or "generic"))
            throw Unsupported("provider");
    }
}
