using System.Runtime.InteropServices;
using System.Text;
using Lab.Controller.Commands;
using Lab.Controller.Runs;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var cancellation = new CancellationTokenSource();

// The first signal ends the command in good order; a second one, at once.
void End(PosixSignalContext context)
{
    if (!cancellation.IsCancellationRequested)
    {
        context.Cancel = true;
        cancellation.Cancel();
    }
    else
    {
        Environment.Exit(ExitCodes.Cancelled);
    }
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
return await CommandLine.InvokeAsync(args, LabEnvironment.Real(), cancellation.Token);
