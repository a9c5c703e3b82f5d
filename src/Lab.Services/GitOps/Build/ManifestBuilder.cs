using System.Text;
using System.Text.Json.Nodes;
using CliWrap;
using Lab.Host.Machine;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Build;

/// <summary>Builds a folder's manifests with the real <c>kustomize</c>, without network, plugins or programs to run.</summary>
internal sealed class ManifestBuilder(string kustomize)
{
    private const long MostMemory = 4L << 30;
    private const int MostOutput = 64 << 20;
    private const int LongestError = 2000;

    /// <param name="root">The unpacked artifact; is written to.</param>
    /// <param name="spec">What to build in it.</param>
    /// <param name="cancellationToken">Kills kustomize.</param>
    /// <returns>The objects, in the order in which kustomize gives them.</returns>
    /// <exception cref="BuildException">It cannot be built.</exception>
    public async Task<IReadOnlyList<JsonObject>> BuildAsync(string root, BuildSpec spec, CancellationToken cancellationToken)
    {
        var folder = KustomizationFile.Join(root, root, spec.Path.TrimStart('/') is { Length: > 0 } path ? path : ".");
        if (folder is null)
            throw new BuildException($"the path '{spec.Path}' leads out of the artifact");
        if (!Directory.Exists(folder))
            throw new BuildException($"kustomization path not found: {spec.Path}");
        new KustomizationFile(root).Prepare(folder, spec);
        var objects = Read(await RunAsync(folder, cancellationToken));
        foreach (var item in objects)
        {
            AddCommonMetadata(item, spec.CommonMetadata);
        }

        return objects;
    }

    /// <summary>The objects of a stream of manifests: lists taken apart, each with its kind and name.</summary>
    internal static IReadOnlyList<JsonObject> Read(string yaml)
    {
        var objects = new List<JsonObject>();
        foreach (var document in ManifestYaml.Parse(yaml))
        {
            if (document is not JsonObject item)
                throw new BuildException("a manifest is not an object");
            var isList = item.Kind().EndsWith("List", StringComparison.Ordinal) && item["items"] is JsonArray;
            foreach (var one in isList ? KubeJson.Objects(item["items"]).Select(entry => (JsonObject)entry.DeepClone()) : [item])
            {
                if (one.ApiVersion().Length == 0 || one.Kind().Length == 0 || one.Name().Length == 0)
                    throw new BuildException(
                        $"failed to decode Kubernetes apiVersion, kind and name from: {Shorten(one.ToJsonString(), 200)}"
                    );
                if (ResourceType.GroupOf(one.ApiVersion()) != "kustomize.config.k8s.io")
                    objects.Add(one);
            }
        }

        return objects;
    }

    private async Task<string> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var output = new MemoryStream();
        var errors = new StringBuilder();
        var result = await Cli.Wrap(HostTools.Require("prlimit"))
            .WithArguments([
                $"--as={MostMemory}",
                "--core=0",
                "--",
                kustomize,
                "build",
                "--load-restrictor",
                "LoadRestrictionsRootOnly",
                folder,
            ])
            .WithWorkingDirectory(folder)
            // No git to clone with, and a proxy that is not there: nothing is fetched, whatever the check before may have missed.
            .WithEnvironmentVariables(environment =>
                environment
                    .Set("PATH", "/nonexistent")
                    .Set("HOME", folder)
                    .Set("HTTP_PROXY", "http://127.0.0.1:1")
                    .Set("HTTPS_PROXY", "http://127.0.0.1:1")
                    .Set("NO_PROXY", null)
            )
            .WithStandardOutputPipe(PipeTarget.ToStream(new LimitedStream(output, MostOutput)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        if (result.ExitCode != 0)
            throw new BuildException(
                $"kustomize build failed: {Shorten(errors.ToString().Replace(folder, ".", StringComparison.Ordinal).Trim(), LongestError)}"
            );
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    private static void AddCommonMetadata(JsonObject item, JsonObject? common)
    {
        foreach (var field in (string[])["labels", "annotations"])
        {
            foreach (var (name, value) in common?[field] as JsonObject ?? [])
            {
                item.Ensure("metadata").Ensure(field)[name] = value?.DeepClone();
            }
        }
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..length] + "…";
}
