using Lab.Controller.Tests.Samples;
using NUnit.Framework;

namespace Lab.Controller.Tests.Live;

/// <summary>Pictures of text kept as files. HWLAB_UPDATE_SNAPSHOTS=1 writes them anew; look at what changed before you commit it.</summary>
internal static class Snapshot
{
    public static void Check(string name, string text)
    {
        var path = Path.Combine(Checkout.Root, "tests", "Lab.Controller.Tests", "Live", "Snapshots", name + ".txt");
        var clean = string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("HWLAB_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, clean);
        }

        Assert.That(clean, Is.EqualTo(File.ReadAllText(path)));
    }
}
