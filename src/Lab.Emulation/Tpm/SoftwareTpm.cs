using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Emulation.Tpm;

/// <summary>A running swtpm that listens on its control socket.</summary>
internal sealed class SoftwareTpm : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private SoftwareTpm(OwnedProcess process, string controlPath)
    {
        Process = process;
        ControlPath = controlPath;
    }

    public OwnedProcess Process { get; }

    public string ControlPath { get; }

    /// <summary>Starts swtpm and returns when it listens.</summary>
    /// <param name="owner">Who owns the process.</param>
    /// <param name="state">The TPM to run.</param>
    /// <param name="sockets">A folder for its sockets.</param>
    /// <param name="extraArguments">More of swtpm's options.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">It did not start.</exception>
    public static async Task<SoftwareTpm> StartAsync(
        ProcessOwner owner,
        TpmState state,
        string sockets,
        IReadOnlyList<string> extraArguments,
        CancellationToken cancellationToken
    )
    {
        var controlPath = Path.Combine(sockets, "swtpm");
        var readyPath = Path.Combine(sockets, "swtpm.pid");
        File.Delete(controlPath);
        File.Delete(readyPath);
        var process = await owner.StartAsync(
            new ProcessCommand(
                "swtpm",
                [
                    "socket",
                    "--tpm2",
                    "--tpmstate",
                    $"dir={state.Folder}",
                    "--ctrl",
                    $"type=unixio,path={controlPath},mode=0600",
                    // Written once the sockets listen.
                    "--pid",
                    $"file={readyPath}",
                    .. extraArguments,
                ]
            ),
            cancellationToken
        );
        try
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await process.WaitUntilAsync(FileArrival.WaitAsync(readyPath, waiting.Token), cancellationToken);
            return new SoftwareTpm(process, controlPath);
        }
        catch
        {
            await process.KillAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Process.StopAsync(Grace, CancellationToken.None);
}
