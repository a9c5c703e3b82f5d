using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Microsoft.Win32.SafeHandles;

namespace Lab.Controller.Commands;

/// <summary>What commands see of the world; tests put another one in its place.</summary>
public sealed record LabEnvironment
{
    /// <summary>Standard output.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person watches standard output on a terminal that can be redrawn.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether a person types at standard input.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Standard input, byte by byte as it comes.</summary>
    public Lazy<Stream> Input { get; init; } = new(() => Stream.Null);

    /// <summary>Standard output, byte by byte.</summary>
    public Lazy<Stream> RawOutput { get; init; } = new(() => Stream.Null);

    /// <summary>Where the lab writes.</summary>
    public required LabFolders Folders { get; init; }

    /// <summary>Where rigs are looked for: the folders <c>rigs</c> of the checkout and of the current folder.</summary>
    public IReadOnlyList<string> RigFolders { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Joins the wings of the house; made when first asked for, so that what does not need it starts fast.</summary>
    public required Lazy<ILabWiring> Wiring { get; init; }

    /// <summary>Where runs are kept.</summary>
    public RunStore Runs => new(Path.Combine(Folders.State, "runs"));

    /// <summary>The world as it is.</summary>
    public static LabEnvironment Real()
    {
        string?[] roots = [Environment.GetEnvironmentVariable("HWLAB_ROOT"), Environment.CurrentDirectory];
        return new LabEnvironment
        {
            Output = Console.Out,
            Error = Console.Error,
            IsTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"),
            IsInputTerminal = !Console.IsInputRedirected,
            // Not the console's own stream: it edits lines where a person types.
            Input = new Lazy<Stream>(() => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 0)),
            RawOutput = new Lazy<Stream>(Console.OpenStandardOutput),
            Folders = LabFolders.FromEnvironment(),
            RigFolders = [.. roots.OfType<string>().Select(root => Path.Combine(root, "rigs")).Distinct(StringComparer.Ordinal)],
            Wiring = new Lazy<ILabWiring>(() => new LabWiring(LabFolders.FromEnvironment())),
        };
    }
}
