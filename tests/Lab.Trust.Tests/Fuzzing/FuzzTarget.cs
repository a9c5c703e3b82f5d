namespace Lab.Trust.Tests.Fuzzing;

/// <summary>A parser of untrusted bytes.</summary>
/// <param name="Name">Its name, as in <c>seeds.txt</c>.</param>
/// <param name="Seeds">Good input to begin with.</param>
/// <param name="Parse">Reads the input to the end.</param>
/// <param name="Errors">The only exceptions that bad input may end in.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Parse, params Type[] Errors)
{
    /// <summary>What an input ends in: the error's message without its numbers, or "" for a good end.</summary>
    /// <exception cref="Exception">Any other than the allowed ones.</exception>
    public string Run(byte[] input)
    {
        try
        {
            Parse(input);
            return "";
        }
        catch (Exception e) when (Errors.Any(allowed => allowed.IsInstanceOfType(e)))
        {
            return string.Concat(e.Message.Where(letter => !char.IsAsciiHexDigit(letter)));
        }
    }

    public override string ToString() => Name;
}
