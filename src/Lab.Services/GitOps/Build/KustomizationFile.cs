using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Build;

/// <summary>
/// The kustomization.yaml of a folder: the one that is there, or one made of all manifests below it as Flux does; with what the object's spec
/// adds. Everything it names must be in the artifact: kustomize itself would fetch what looks like an address.
/// </summary>
internal sealed class KustomizationFile(string root)
{
    private static readonly string[] Names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    // Fields whose entries are paths, by kustomize's reference.
    private static readonly string[] PathLists =
    [
        "resources",
        "bases",
        "components",
        "crds",
        "configurations",
        "generators",
        "transformers",
        "validators",
        "patchesStrategicMerge",
    ];

    /// <summary>Writes what kustomize is to build.</summary>
    /// <exception cref="BuildException">There is nothing to build, or it names what is not in the artifact.</exception>
    public void Prepare(string folder, BuildSpec spec)
    {
        var file = Find(folder);
        var document = file is null ? Generate(folder) : Read(file);
        if (file is not null)
            File.Delete(file);
        Merge(document, spec);
        File.WriteAllText(Path.Combine(folder, Names[0]), document.ToJsonString());
        CheckAll(folder, document, [], depth: 0);
    }

    /// <summary>A path below a folder that follows no <c>..</c> out of it; null when it would.</summary>
    public static string? Join(string root, string from, string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal) || path.Contains("://", StringComparison.Ordinal))
            return null;
        var full = Path.GetFullPath(Path.Combine(from, path));
        var top = Path.GetFullPath(root).TrimEnd('/');
        return full.TrimEnd('/') == top || full.StartsWith(top + "/", StringComparison.Ordinal) ? full : null;
    }

    private static string? Find(string folder) => Names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static JsonObject Generate(string folder)
    {
        var resources = new List<string>();
        Collect(folder, folder, resources);
        var list = new JsonArray();
        foreach (var resource in resources.Order(StringComparer.Ordinal))
        {
            list.Add(resource);
        }

        return new JsonObject
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
            ["kind"] = "Kustomization",
            ["resources"] = list,
        };
    }

    private static void Collect(string top, string folder, List<string> resources)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetExtension(file) is ".yaml" or ".yml")
                resources.Add("./" + Path.GetRelativePath(top, file));
        }

        foreach (var below in Directory.EnumerateDirectories(folder))
        {
            // A folder with its own file is taken as that file says.
            if (Find(below) is not null)
                resources.Add("./" + Path.GetRelativePath(top, below));
            else
                Collect(top, below, resources);
        }
    }

    private JsonObject Read(string file)
    {
        var documents = ManifestYaml.Parse(File.ReadAllText(file));
        return documents is [JsonObject document]
            ? document
            : throw new BuildException($"{Path.GetRelativePath(root, file)} is not one YAML object");
    }

    private static void Merge(JsonObject document, BuildSpec spec)
    {
        document.TryAdd("apiVersion", "kustomize.config.k8s.io/v1beta1");
        document.TryAdd("kind", "Kustomization");
        if (spec.TargetNamespace is { } target)
            document["namespace"] = target;
        if (spec.NamePrefix is { } prefix)
            document["namePrefix"] = prefix;
        if (spec.NameSuffix is { } suffix)
            document["nameSuffix"] = suffix;
        Append(document, "patches", spec.Patches);
        Append(document, "components", spec.Components);
        if (spec.Images is { } images)
        {
            // By name, the object's goes before the repository's.
            var named = KubeJson.Objects(images).Select(image => KubeJson.Text(image["name"])).ToHashSet(StringComparer.Ordinal);
            var kept = KubeJson.Objects(document["images"]).Where(image => !named.Contains(KubeJson.Text(image["name"])));
            document["images"] = new JsonArray([.. kept.Concat(KubeJson.Objects(images)).Select(image => image.DeepClone())]);
        }
    }

    private static void Append(JsonObject document, string field, JsonArray? items)
    {
        if (items is null || items.Count == 0)
            return;
        if (document[field] is not JsonArray list)
            document[field] = list = [];
        foreach (var item in items)
        {
            list.Add(item?.DeepClone());
        }
    }

    private void CheckAll(string folder, JsonObject document, HashSet<string> seen, int depth)
    {
        if (!seen.Add(folder))
            return;
        if (depth > 50)
            throw new BuildException("kustomizations nested deeper than 50");
        foreach (var field in (string[])["helmCharts", "helmGlobals", "helmChartInflationGenerator"])
        {
            if (document[field] is not null)
                throw new BuildException($"{field} in {Show(folder)} is refused: it runs a program that fetches");
        }

        foreach (var path in PathsOf(document))
        {
            var full = Join(root, folder, path);
            if (full is null || !(File.Exists(full) || Directory.Exists(full)))
                throw new BuildException(
                    $"{Show(folder)} names '{path}', which is not in the artifact; remote bases are refused"
                );
            if (Directory.Exists(full) && Find(full) is { } file)
                CheckAll(full.TrimEnd('/'), Read(file), seen, depth + 1);
        }
    }

    private static IEnumerable<string> PathsOf(JsonObject document)
    {
        foreach (var list in PathLists.Select(field => document[field]).OfType<JsonArray>())
        {
            foreach (var path in list.Select(KubeJson.Text))
            {
                // Transformers and patches may stand there themselves instead of a path.
                if (path is not null && !path.Contains('\n', StringComparison.Ordinal) && !path.TrimStart().StartsWith('{'))
                    yield return path;
            }
        }

        foreach (var list in (string[])["patches", "patchesJson6902", "replacements"])
        {
            foreach (var path in KubeJson.Objects(document[list]).Select(item => KubeJson.Text(item["path"])).OfType<string>())
            {
                yield return path;
            }
        }

        if (KubeJson.Text(document["openapi"]?["path"]) is { } schema)
            yield return schema;
        foreach (
            var generator in new[] { document["configMapGenerator"], document["secretGenerator"] }.SelectMany(KubeJson.Objects)
        )
        {
            foreach (var path in GeneratorPaths(generator))
            {
                yield return path;
            }
        }
    }

    private static IEnumerable<string> GeneratorPaths(JsonObject generator)
    {
        foreach (var entry in (generator["files"] as JsonArray ?? []).Select(KubeJson.Text).OfType<string>())
        {
            // "key=path"
            yield return entry[(entry.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        foreach (var entry in (generator["envs"] as JsonArray ?? []).Select(KubeJson.Text).OfType<string>())
        {
            yield return entry;
        }

        if (KubeJson.Text(generator["env"]) is { } file)
            yield return file;
    }

    private string Show(string folder) =>
        Path.GetRelativePath(root, folder) is "."
            ? "kustomization.yaml"
            : $"{Path.GetRelativePath(root, folder)}/kustomization.yaml";
}
