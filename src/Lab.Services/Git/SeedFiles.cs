using System.Text;
using System.Text.RegularExpressions;

namespace Lab.Services.Git;

/// <summary>
/// The files of a rig's fleet as they go into the first commit: wherever a manifest names an image that the lab publishes, the image's digest
/// is added, so that what runs is what was published, whatever the tag names later.
/// </summary>
/// <param name="images">Name and tag of an image, as workloads name it → its digest.</param>
internal sealed class SeedFiles(IReadOnlyDictionary<string, string> images)
{
    private static readonly string[] Manifests = [".yaml", ".yml", ".json"];

    /// <summary>Copies a folder with all that is in it.</summary>
    public void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            if (Manifests.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                PinFile(target);
        }
    }

    internal string Pin(string text) =>
        images.Aggregate(
            text,
            // What may go on in a tag, or a digest that is there already, is another name.
            (now, image) => Regex.Replace(now, $@"(?<![\w./-]){Regex.Escape(image.Key)}(?![\w.@-])", $"{image.Key}@{image.Value}")
        );

    // Bytes, not text, where nothing changes: a file of another encoding stays as it is.
    private void PinFile(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var text = Encoding.Latin1.GetString(bytes);
        var pinned = Pin(text);
        if (!ReferenceEquals(text, pinned))
            File.WriteAllBytes(path, Encoding.Latin1.GetBytes(pinned));
    }
}
