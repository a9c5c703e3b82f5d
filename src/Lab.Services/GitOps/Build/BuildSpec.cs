using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Build;

/// <summary>What a Kustomization's spec says about building.</summary>
internal sealed record BuildSpec(
    string Path,
    string? TargetNamespace,
    string? NamePrefix,
    string? NameSuffix,
    JsonArray? Patches,
    JsonArray? Images,
    JsonArray? Components,
    JsonObject? CommonMetadata
)
{
    public static BuildSpec Read(JsonObject spec) =>
        new(
            KubeJson.Text(spec["path"]) ?? "./",
            Text(spec["targetNamespace"]),
            Text(spec["namePrefix"]),
            Text(spec["nameSuffix"]),
            spec["patches"] as JsonArray,
            spec["images"] as JsonArray,
            spec["components"] as JsonArray,
            spec["commonMetadata"] as JsonObject
        );

    private static string? Text(JsonNode? node) => KubeJson.Text(node) is { Length: > 0 } text ? text : null;
}
