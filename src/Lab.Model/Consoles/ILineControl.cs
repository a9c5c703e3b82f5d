using Lab.Model.Boards;

namespace Lab.Model.Consoles;

/// <summary>What a console's line can do besides carrying bytes.</summary>
public interface ILineControl : IFacet
{
    /// <summary>Holds the line in the break condition for a time, as a kernel's SysRq and some boot loaders ask for.</summary>
    /// <exception cref="Errors.LabException">The line cannot, or is not connected.</exception>
    Task SendBreakAsync(TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Sets the modem lines that are not null. Some adapters' DTR or RTS is wired to a board's reset or power.</summary>
    /// <exception cref="Errors.LabException">The line has none, or is not connected.</exception>
    Task SetModemLinesAsync(bool? dataTerminalReady, bool? requestToSend, CancellationToken cancellationToken);
}
