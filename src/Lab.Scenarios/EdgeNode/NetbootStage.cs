using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;
using Lab.Model.Services;

namespace Lab.Scenarios.EdgeNode;

/// <summary>From power-on to the first userspace: DHCP, the boot file by TFTP, LinuxBoot.</summary>
internal sealed class NetbootStage(RunContext context, Boot boot)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var recorder = context.Recorder;
        var firmware = await boot.ExpectAsync(
            ConsolePattern.Regex(@"U-Boot (\d{4}\.\d{2}\S*)"),
            context.Deadlines.Of(15),
            cancellationToken
        );
        recorder.Phase("firmware", firmware.ReceivedAt);
        recorder.Check("the firmware starts", holds: true, firmware.Text, "console.log");

        var address = await boot.ExpectAsync(
            ConsolePattern.Regex(@"DHCP client bound to address ([0-9.]+)"),
            context.Deadlines.Of(30),
            cancellationToken
        );
        recorder.Check("the firmware gets an address by DHCP", holds: true, address.Groups[1], "console.log");

        var transferred = await boot.ExpectAsync(
            ConsolePattern.Regex(@"Bytes transferred = (\d+)"),
            context.Deadlines.Of(120),
            cancellationToken
        );
        var file = context.Board.Require<IBootSource>().Current.BootFile;
        var served = (await context.Services.Require<INetboot>().ReadAsync(file, cancellationToken)).LongLength;
        recorder.Phase("boot file fetched", transferred.ReceivedAt);
        recorder.Check(
            "the whole boot file arrives by TFTP",
            string.Equals(transferred.Groups[1], $"{served}", StringComparison.Ordinal),
            $"{transferred.Groups[1]} of {served} bytes of {file}",
            "console.log"
        );

        var started = await boot.ReachAsync("linuxboot", "started", context.Deadlines.Of(60), cancellationToken);
        recorder.Phase("linuxboot", started.At);
        recorder.Check("LinuxBoot's userspace starts", holds: true, $"boot agent {started["version"]}", "console.log");
    }
}
