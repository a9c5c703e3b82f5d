using Lab.Model.Boards;

namespace Lab.Emulation.Qemu;

/// <summary>A virtual board as a rig sees it that wires no TPM: every facet but that one.</summary>
internal sealed class BoardWithoutTpm(VirtualBoard board) : IPower, IBootSource, ILink
{
    public BootConfiguration Current => board.Current;

    public string MacAddress => board.MacAddress;

    public Task<PowerState> GetStatusAsync(CancellationToken cancellationToken) => board.GetStatusAsync(cancellationToken);

    public Task<PowerState> WaitForAsync(PowerState state, CancellationToken cancellationToken) =>
        board.WaitForAsync(state, cancellationToken);

    public Task OnAsync(CancellationToken cancellationToken) => board.OnAsync(cancellationToken);

    public Task OffAsync(CancellationToken cancellationToken) => board.OffAsync(cancellationToken);

    public Task CutAsync(CancellationToken cancellationToken) => board.CutAsync(cancellationToken);

    public Task ResetAsync(CancellationToken cancellationToken) => board.ResetAsync(cancellationToken);

    public Task UseAsync(BootConfiguration configuration, CancellationToken cancellationToken) =>
        board.UseAsync(configuration, cancellationToken);

    public Task<byte[]> ReadFirmwareAsync(CancellationToken cancellationToken) => board.ReadFirmwareAsync(cancellationToken);

    public Task FlashFirmwareAsync(ReadOnlyMemory<byte> firmware, CancellationToken cancellationToken) =>
        board.FlashFirmwareAsync(firmware, cancellationToken);

    public Task SetConnectedAsync(bool connected, CancellationToken cancellationToken) =>
        board.SetConnectedAsync(connected, cancellationToken);
}
