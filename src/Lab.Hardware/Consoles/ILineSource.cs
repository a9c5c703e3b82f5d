namespace Lab.Hardware.Consoles;

/// <summary>How a console's line is connected, and connected again when it was lost.</summary>
internal interface ILineSource
{
    /// <summary>The device in words, for messages.</summary>
    string Device { get; }

    /// <summary>What to do when it cannot be connected.</summary>
    string Remedy { get; }

    Task<ILineConnection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Returns when it is worth to try again after the line was lost or could not be connected.</summary>
    Task WaitForReturnAsync(CancellationToken cancellationToken);
}
