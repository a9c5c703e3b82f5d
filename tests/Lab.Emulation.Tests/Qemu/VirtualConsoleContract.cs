using Lab.Emulation.Qemu;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Testing.Contracts;

namespace Lab.Emulation.Tests.Qemu;

/// <summary>A virtual board keeps what every board's console promises.</summary>
[Category(RealParts.Category)]
internal sealed class VirtualConsoleContract : ConsoleContract
{
    protected override ConsolePattern Greeting => ConsolePattern.Literal("U-Boot 20");

    protected override async Task<Board> OpenAsync(CancellationToken cancellationToken)
    {
        RealParts.Need(QemuCommandLine.Program, "swtpm", "swtpm_setup");
        var parts = new RealParts();
        var board = await parts.OpenAsync(parts.Settings());
        return new Board(
            "virt-1",
            [board, board.Console],
            async () =>
            {
                await board.DisposeAsync();
                await parts.DisposeAsync();
            }
        );
    }
}
