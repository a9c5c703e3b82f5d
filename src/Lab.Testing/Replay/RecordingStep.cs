namespace Lab.Testing.Replay;

/// <summary>One step of a recording: bytes at a time, or something that the board awaits first.</summary>
/// <param name="At">Time since the first step.</param>
/// <param name="Bytes">What the board says.</param>
/// <param name="AwaitedInput">What must be typed before it says so; null where nothing.</param>
public sealed record RecordingStep(TimeSpan At, ReadOnlyMemory<byte> Bytes, string? AwaitedInput = null);
