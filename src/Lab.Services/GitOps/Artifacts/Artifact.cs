using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Artifacts;

/// <summary>A source's files, packed: what <c>status.artifact</c> says of them.</summary>
/// <param name="Path">Below the store.</param>
/// <param name="Url">Where it can be had; a file of this host.</param>
/// <param name="Revision">The source's revision.</param>
/// <param name="Digest"><c>sha256:…</c> of the packed file.</param>
/// <param name="Size">Bytes.</param>
internal sealed record Artifact(string Path, string Url, string Revision, string Digest, long Size)
{
    public static Artifact? Read(JsonObject? status) =>
        status is not null
        && KubeJson.Text(status["path"]) is { } path
        && KubeJson.Text(status["url"]) is { } url
        && KubeJson.Text(status["revision"]) is { } revision
        && KubeJson.Text(status["digest"]) is { } digest
            ? new Artifact(path, url, revision, digest, KubeJson.Number(status["size"]) ?? 0)
            : null;

    public JsonObject ToJson(DateTimeOffset at) =>
        new()
        {
            ["path"] = Path,
            ["url"] = Url,
            ["revision"] = Revision,
            ["digest"] = Digest,
            ["size"] = Size,
            ["lastUpdateTime"] = Timestamps.Seconds(at),
        };
}
