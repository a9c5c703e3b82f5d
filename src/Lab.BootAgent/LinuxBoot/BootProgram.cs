using System.Reflection;
using System.Security.Cryptography;
using Lab.BootAgent.Devices;
using Lab.BootAgent.Events;
using Lab.BootAgent.Interop;
using Lab.BootAgent.Measure;

namespace Lab.BootAgent.LinuxBoot;

/// <summary>
/// PID 1 of LinuxBoot. Whatever happens it ends in the target, in power-off or in a restart: it never returns and never dies, for
/// then the kernel would panic with the board's state unsaid.
/// </summary>
internal sealed class BootProgram
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(5);

    private readonly ConsoleDevice _console = new();
    private readonly EventWriter _events;
    private readonly BootSequence _sequence;

    private BootProgram()
    {
        _events = new EventWriter(_console.Write, "linuxboot");
        _sequence = new BootSequence(_events, TimeProvider.System);
    }

    /// <summary>Boots. Returns only where it is not PID 1 (a mistake) or the kernel refuses to power off.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var program = new BootProgram();
        if (Libc.GetProcessId() != 1)
        {
            program._events.Refused(RefusalCode.Internal, "not started as PID 1");
            return 2;
        }

        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
        {
            program._events.Refused(RefusalCode.Internal, $"{unhandled.ExceptionObject}");
            Machine.PowerOff();
        };
        await program.BootAsync(cancellationToken);
        return 1;
    }

    private async Task BootAsync(CancellationToken cancellationToken)
    {
        try
        {
            FileSystems.Mount();
            _console.OpenConsole();
            _events.Write("started", json => json.WriteString("version"u8, Version));
            await _sequence.RunAsync(cancellationToken);
        }
#pragma warning disable CA1031 // PID 1 must not die of anything.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await GiveUpAsync(error, cancellationToken);
        }
    }

    private async Task GiveUpAsync(Exception error, CancellationToken cancellationToken)
    {
        var refusal = error as RefusalException;
        var detail = refusal?.Message ?? error.ToString();
        try
        {
            _sequence.Spoil();
        }
        catch (Exception spoiling) when (spoiling is not OutOfMemoryException)
        {
            detail += $"; and PCR {Measurer.Pcr} could not be spoiled: {spoiling.Message}";
        }

        _events.Refused(refusal?.Code ?? RefusalCode.Internal, detail);
        if (_sequence.OnFailure == OnFailure.Retry)
        {
            // Spread, so that a rack that lost its server does not come back as one.
            var pause = RestartPause * (1 + RandomNumberGenerator.GetInt32(1000) / 1000.0);
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
            Machine.Restart();
        }

        Machine.PowerOff();
    }

    private static string Version =>
        typeof(BootProgram)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";
}
