using Lab.Trust.EventLogs;

namespace Lab.Trust.Attestation;

/// <summary>
/// What one event of a PCR must be. The TPM vouches for digests and their order alone: a type only makes the rule easier to read, and a
/// text counts only where the digest is one of that very text.
/// </summary>
/// <param name="Type">The event's type; null for any.</param>
/// <param name="Digests">The digests that are allowed; empty where <paramref name="Text"/> or <paramref name="Version"/> decides.</param>
/// <param name="Text">The text that must have been measured.</param>
/// <param name="Version">The version that must have been measured at least.</param>
/// <param name="IsOptional">Whether the event may be missing at this place.</param>
public sealed record EventRule(
    LogEventType? Type,
    IReadOnlyList<byte[]> Digests,
    string? Text = null,
    VersionFloor? Version = null,
    bool IsOptional = false
)
{
    /// <summary>The rule in a few words.</summary>
    public string Describe()
    {
        var what =
            Text is not null ? $"'{Text}'"
            : Version is not null ? $"'{Version.Prefix}' {Version.Minimum} or newer"
            : $"one of {Digests.Count} digests";
        return Type is { } type ? $"{LogEventTypes.NameOf(type)} {what}" : what;
    }
}
