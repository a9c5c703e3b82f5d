using Lab.Emulation.Images;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Controller.Wiring;

/// <summary>Where this lab is installed: its folders and the checkout it was built from.</summary>
/// <param name="Folders">Where it writes.</param>
/// <param name="Repository">The root of the checkout, which holds the boot agent's sources.</param>
internal sealed record LabInstallation(LabFolders Folders, string Repository)
{
    /// <summary>The setting that names a Debian mirror, for hosts whose own package manager knows none.</summary>
    public const string MirrorSetting = "HWLAB_DEBIAN_MIRROR";

    /// <summary>What boards boot, from the cache or made now.</summary>
    public ImageBuilder Images => new(Folders.Cache, Repository, Environment.GetEnvironmentVariable(MirrorSetting));

    /// <summary>The installation that the environment names: <c>HWLAB_ROOT</c>, or the checkout that the program lies in.</summary>
    /// <exception cref="LabException">The program does not lie in a checkout.</exception>
    public static LabInstallation FromEnvironment(LabFolders folders)
    {
        var root = Environment.GetEnvironmentVariable("HWLAB_ROOT") is { Length: > 0 } named ? named : FindCheckout();
        return root is not null
            ? new LabInstallation(folders, root)
            : throw new LabException("the program does not lie in a checkout of HwLab", remedy: "start it by the script 'hwlab'");
    }

    private static string? FindCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HwLab.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
