using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>Makes an artifact of what an OCIRepository names: pulled, verified by its digest, by its signature where that is demanded, harmless.</summary>
internal sealed class OciRepositoryReconciler(EngineParts parts) : SourceReconciler(parts, FluxApi.OciRepository, "oci")
{
    private const string Extract = "extract";

    protected override SourceException Late(string timeout) =>
        new(SourceException.OciPullFailed, $"failed to pull artifact: not done within {timeout}");

    protected override async Task FetchAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        RefuseUnsupported(work.Spec);
        var (inNamespace, spec) = (work.Key.Namespace, work.Spec);
        var address = OciAddress.Parse(KubeJson.Text(spec["url"]) ?? "", KubeJson.Flag(spec["insecure"]));
        var selection = OciSelection.Read(spec["ref"] as JsonObject);
        const string reason = SourceException.AuthenticationFailed;
        var login = await Secrets.ReadAsync(inNamespace, spec["secretRef"], reason, cancellationToken);
        var certificates = await Secrets.ReadAsync(inNamespace, spec["certSecretRef"], reason, cancellationToken);
        using var remote = OciRemote.Create(address, login, certificates, Parts.Time);
        var checkout = await remote.ResolveAsync(selection, cancellationToken);
        work.Conditions.Remove(ConditionList.FetchFailed);
        await VerifyAsync(work, remote, checkout, cancellationToken);
        await StoreAsync(work, remote, checkout, cancellationToken);
    }

    private async Task VerifyAsync(
        ObjectUnderWork work,
        OciRemote remote,
        OciCheckout checkout,
        CancellationToken cancellationToken
    )
    {
        if (work.Spec["verify"] is not JsonObject verify)
        {
            work.Conditions.Remove(ConditionList.SourceVerified);
            return;
        }

        var keys = await Secrets.ReadAsync(
            work.Key.Namespace,
            verify["secretRef"],
            SourceException.VerificationError,
            cancellationToken
        );
        var signatures = await remote.ReadSignaturesAsync(checkout.Digest, cancellationToken);
        var key = CosignVerifier.Verify(checkout.Digest, signatures, keys);
        work.Conditions.True(
            ConditionList.SourceVerified,
            "Succeeded",
            $"verified signature of revision {checkout.Revision} with key '{key}'"
        );
    }

    private async Task StoreAsync(
        ObjectUnderWork work,
        OciRemote remote,
        OciCheckout checkout,
        CancellationToken cancellationToken
    )
    {
        var before = Artifact.Read(work.Status["artifact"] as JsonObject);
        var (ignore, selector) = (work.Spec["ignore"], work.Spec["layerSelector"]);
        var isSame =
            before?.Revision == checkout.Revision
            && JsonNode.DeepEquals(ignore, work.Status["observedIgnore"])
            && JsonNode.DeepEquals(selector, work.Status["observedLayerSelector"])
            && await Parts.Artifacts.HasAsync(before, cancellationToken);
        if (!isSame)
        {
            var mediaType = KubeJson.Text(selector?["mediaType"]) is { Length: > 0 } type ? type : null;
            var files = await remote.ReadAsync(checkout, mediaType, Parts.Limits, cancellationToken);
            var artifact = await Parts.Artifacts.WriteAsync(
                FluxApi.OciRepository.Kind,
                work.Key,
                checkout.Revision,
                checkout.Digest.Hex,
                await FilterAsync(work.Key, files, KubeJson.Text(ignore), cancellationToken),
                cancellationToken
            );
            var status = artifact.ToJson(Parts.Time.GetUtcNow());
            status["metadata"] = new JsonObject(
                checkout.Manifest.Annotations.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
            );
            work.Status["artifact"] = status;
            Observe(work, "observedIgnore", ignore);
            Observe(work, "observedLayerSelector", selector);
        }

        await SucceedAsync(
            work,
            $"stored artifact for digest '{checkout.Revision}'",
            $"stored artifact with revision '{checkout.Revision}' from '{KubeJson.Text(work.Spec["url"])}'",
            checkout.Revision,
            isNew: !isSame,
            cancellationToken
        );
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> FilterAsync(
        ObjectKey key,
        SortedDictionary<string, byte[]> files,
        string? ignore,
        CancellationToken cancellationToken
    )
    {
        // git matches the patterns, and wants a repository to do so.
        var folder = Directory.CreateDirectory(FolderOf(key)).FullName;
        var repository = Path.Combine(folder, "patterns.git");
        var git = new GitTool(folder, Parts.Limits.Pack);
        if (!Directory.Exists(repository))
            await git.RequireAsync(
                null,
                ["init", "--quiet", "--bare", "--template=", repository],
                GitSettings.Local,
                cancellationToken
            );
        var own =
            files.TryGetValue(GitIgnore.SourceIgnore, out var patterns) && patterns.Length < GitIgnore.LongestSourceIgnore
                ? Encoding.UTF8.GetString(patterns)
                : null;
        var kept = await new GitIgnore(git, repository, folder, ignore).KeepAsync(files.Keys, own, cancellationToken);
        return files.Where(file => kept.Contains(file.Key)).ToDictionary(StringComparer.Ordinal);
    }

    private static void RefuseUnsupported(JsonObject spec)
    {
        foreach (var field in (string[])["serviceAccountName", "proxySecretRef"])
        {
            if (spec[field] is not null)
                throw Unsupported(field);
        }

        if (KubeJson.Text(spec["provider"]) is not (null or "generic"))
            throw Unsupported("provider");
        if (KubeJson.Text(spec["layerSelector"]?["operation"]) is not (null or Extract))
            throw Unsupported("layerSelector.operation: copy");
        if (spec["verify"] is not JsonObject verify)
            return;
        if (KubeJson.Text(verify["provider"]) is not (null or "cosign"))
            throw Unsupported($"verify.provider: {KubeJson.Text(verify["provider"])}");
        if (verify["matchOIDCIdentity"] is not null)
            throw Unsupported("verify.matchOIDCIdentity");
        if (verify["secretRef"] is null)
            throw Unsupported("verify without secretRef (keyless verification)");
    }
}
