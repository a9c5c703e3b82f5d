namespace Lab.Trust.Tests.Fuzzing;

/// <summary>An input that breaks a parser.</summary>
internal sealed class FuzzFinding(string target, byte[] input, Exception cause)
    : Exception(
        $"{cause.GetType().Name}: {cause.Message}; keep it in seeds.txt:\n{target} {Convert.ToBase64String(input)}",
        cause
    )
{
    /// <summary>The input.</summary>
    public byte[] Input { get; } = input;
}
