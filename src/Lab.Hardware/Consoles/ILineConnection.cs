namespace Lab.Hardware.Consoles;

/// <summary>A console's line while it is connected. Its stream reads 0 bytes, or throws an <see cref="IOException"/>, when it is no longer.</summary>
internal interface ILineConnection : IAsyncDisposable
{
    Stream Stream { get; }

    /// <exception cref="NotSupportedException">The line has no break.</exception>
    Task SendBreakAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        throw new NotSupportedException("has no break");

    /// <exception cref="NotSupportedException">The line has no modem lines.</exception>
    Task SetModemLinesAsync(bool? dataTerminalReady, bool? requestToSend, CancellationToken cancellationToken) =>
        throw new NotSupportedException("has no modem lines");
}
