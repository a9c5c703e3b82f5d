namespace Lab.Hardware.Settings;

/// <summary>What a driver's section in a rig may hold.</summary>
/// <param name="Name">The word that selects the driver: <c>shelly</c>.</param>
/// <param name="Purpose">What it drives, in a few words.</param>
/// <param name="Keys">Its keys, those that all drivers of its kind share included.</param>
public sealed record DriverSyntax(string Name, string Purpose, IReadOnlyList<DriverKey> Keys)
{
    /// <summary>The program of the host that the driver calls; null for none.</summary>
    public string? Program { get; init; }
}
