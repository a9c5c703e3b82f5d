using System.CommandLine;

namespace Lab.Controller.Commands;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Write JSON." };

    public static Option<string?> Rig() =>
        new("--rig") { Description = "The rig file, or its name in rigs/.", HelpName = "FILE" };

    public static Option<string?> Mirror() =>
        new("--mirror")
        {
            Description = "Where releases of Kubernetes are taken from, instead of what the rig says: a folder or an address.",
            HelpName = "DIR|URL",
        };

    public static Option<string?> Board() =>
        new("--board") { Description = "The board; the rig's first one where none is named.", HelpName = "NAME" };
}
