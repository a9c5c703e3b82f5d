using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Debian;

/// <summary>Runs the tools of a build, which end when the lab ends.</summary>
internal sealed class BuildTool(ProcessOwner owner)
{
    /// <exception cref="LabException">It is missing or failed; with its last lines.</exception>
    public async Task RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        Action<string>? onLine,
        CancellationToken cancellationToken
    )
    {
        var process = await owner.StartAsync(
            new ProcessCommand(program, arguments)
            {
                WorkingDirectory = folder,
                Environment = environment,
                OnLine = onLine,
            },
            cancellationToken
        );
        try
        {
            if (await process.Exited.WaitAsync(cancellationToken) != 0)
                throw process.ExitedEarly("it was building Kubernetes from Debian's source");
        }
        finally
        {
            await process.KillAsync();
        }
    }

    public Task RunAsync(string program, IReadOnlyList<string> arguments, string folder, CancellationToken cancellationToken) =>
        RunAsync(
            program,
            arguments,
            folder,
            new Dictionary<string, string>(StringComparer.Ordinal),
            onLine: null,
            cancellationToken
        );
}
