namespace Lab.Trust.EventLogs;

/// <summary>The locality from which TPM2_Startup came.</summary>
/// <param name="Locality">0, 3, or 4 after a hardware measurement.</param>
public sealed record StartupLocalityEventData(int Locality) : EventData
{
    /// <inheritdoc/>
    public override string Describe() => $"startup locality {Locality}";
}
