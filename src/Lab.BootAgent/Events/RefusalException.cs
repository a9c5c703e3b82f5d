namespace Lab.BootAgent.Events;

/// <summary>The boot is refused: nothing is started.</summary>
/// <param name="code">The reason, for machines.</param>
/// <param name="detail">The reason, for people; may quote untrusted input.</param>
/// <param name="inner">What was caught.</param>
internal sealed class RefusalException(RefusalCode code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>The reason.</summary>
    public RefusalCode Code { get; } = code;
}
