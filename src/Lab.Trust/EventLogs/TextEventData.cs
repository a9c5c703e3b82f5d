namespace Lab.Trust.EventLogs;

/// <summary>An action, a boot loader's string, a version.</summary>
/// <param name="Text">The text without its terminating zeros.</param>
public sealed record TextEventData(string Text) : EventData
{
    /// <inheritdoc/>
    public override string Describe() => Text;
}
