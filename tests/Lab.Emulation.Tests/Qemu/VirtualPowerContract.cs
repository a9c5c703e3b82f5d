using Lab.Emulation.Qemu;
using Lab.Model.Boards;
using Lab.Testing.Contracts;

namespace Lab.Emulation.Tests.Qemu;

/// <summary>A virtual board keeps what every board's power promises.</summary>
[Category(RealParts.Category)]
internal sealed class VirtualPowerContract : PowerContract
{
    protected override async Task<Board> OpenAsync(CancellationToken cancellationToken)
    {
        RealParts.Need(QemuCommandLine.Program, "swtpm", "swtpm_setup");
        var parts = new RealParts();
        // U-Boot at its prompt knows nothing of a power button: the grace always runs out.
        var settings = parts.Settings() with
        {
            ShutdownGrace = TimeSpan.FromMilliseconds(200),
        };
        var board = await parts.OpenAsync(settings);
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
