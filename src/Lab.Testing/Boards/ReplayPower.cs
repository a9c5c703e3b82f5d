using System.Diagnostics;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Testing.Boards;

/// <summary>The power of a replay board: on is a running child process.</summary>
internal sealed class ReplayPower(ProcessStartInfo start, ReplayLine line, ConsoleEngine console) : IPower, IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private Process? _process;
    private Task _carrying = Task.CompletedTask;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The id of the child process, or null while the board is off.</summary>
    public int? ProcessId => _process?.Id;

    public Task<PowerState> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_process is { HasExited: false } ? PowerState.On : PowerState.Off);

    public Task OnAsync(CancellationToken cancellationToken) => OneAtATimeAsync(StartAsync, cancellationToken);

    public Task OffAsync(CancellationToken cancellationToken) => CutAsync(cancellationToken);

    public Task CutAsync(CancellationToken cancellationToken) => OneAtATimeAsync(StopAsync, cancellationToken);

    public Task ResetAsync(CancellationToken cancellationToken) =>
        OneAtATimeAsync(
            async () =>
            {
                await StopAsync();
                await StartAsync();
            },
            cancellationToken
        );

    public async Task<PowerState> WaitForAsync(PowerState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the state is read, so that a change in between is not missed.
            var changed = Volatile.Read(ref _changed);
            if (await GetStatusAsync(cancellationToken) == state)
            {
                return state;
            }

            await changed.Task.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync(CancellationToken.None);
        _one.Dispose();
    }

    private async Task OneAtATimeAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await action();
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task StartAsync()
    {
        if (_process is { HasExited: false })
        {
            return;
        }

        await StopAsync();
        _process = Process.Start(start) ?? throw new LabException("the replay did not start", start.FileName);
        line.Connect(_process.StandardInput.BaseStream);
        _carrying = line.CarryAsync(_process.StandardOutput.BaseStream);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => Changed();
        Changed();
    }

    private async Task StopAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        line.Connect(toBoard: null);
        process.Kill();
        await process.WaitForExitAsync();
        await _carrying;
        process.Dispose();
        _process = null;
        console.LoseLine("the board lost power");
        Changed();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Changed() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
}
