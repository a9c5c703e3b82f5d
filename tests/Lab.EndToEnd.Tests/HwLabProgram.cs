using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace Lab.EndToEnd.Tests;

/// <summary>The program as a user runs it: a process with arguments, an exit code and files it leaves.</summary>
internal sealed class HwLabProgram(string outFolder)
{
    /// <summary>The clone's root: the folder with the rigs.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where the run's files go.</summary>
    public string Out { get; } = outFolder;

    /// <summary>A program with a folder of its own for this test.</summary>
    public static HwLabProgram ForThisTest()
    {
        var folder = Path.Combine(Path.GetTempPath(), "hwlab-e2e", $"{Guid.NewGuid():N}"[..12]);
        Directory.CreateDirectory(folder);
        return new HwLabProgram(folder);
    }

    /// <summary>The command line of the program, ready to be run.</summary>
    public static Command Command(params string[] arguments) =>
        Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "hwlab.dll"), .. arguments])
            .WithWorkingDirectory(Root)
            .WithEnvironmentVariables(environment => environment.Set("HWLAB_ROOT", Root))
            .WithValidation(CommandResultValidation.None);

    /// <summary>Runs the program to its end.</summary>
    public static async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await Command(arguments).ExecuteBufferedAsync();

    /// <summary>Runs <c>edge-node</c> with more arguments, into this test's folder.</summary>
    public async Task<BufferedCommandResult> RunEdgeNodeAsync(params string[] arguments) =>
        await RunAsync(["run", "edge-node", "--rig", "rigs/qemu-virt.yaml", "--out", Out, .. arguments]);

    /// <summary>The run's record.</summary>
    public JsonElement ReadRecord()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "run.json")));
        return document.RootElement.Clone();
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HwLab.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not lie inside a clone");
    }
}
