namespace Lab.Hardware.Settings;

/// <summary>A value in a driver's section.</summary>
/// <param name="Words">Its words: one for a plain value.</param>
/// <param name="At">Where it stands: <c>file:line:column</c>.</param>
public sealed record DriverValue(IReadOnlyList<string> Words, string At)
{
    /// <summary>A plain value.</summary>
    public DriverValue(string word, string at)
        : this([word], at) { }
}
