using System.Text;

namespace Lab.Hardware.Consoles;

/// <summary>
/// What a console server or a program writes when it has opened the line behind it. Many drop what the board says until then, so a driver
/// that knows this text says that it is connected only after it.
/// </summary>
internal static class ReadyText
{
    public const string Key = "ready";

    public const string Expected =
        "what the other end writes once it has opened the line; without it, what the board says until then may be lost";

    /// <summary>Reads up to the end of the text, and no further.</summary>
    /// <exception cref="IOException">The stream ended before.</exception>
    public static async Task AwaitAsync(Stream stream, string text, CancellationToken cancellationToken)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        var last = new List<byte>();
        var one = new byte[1];
        while (!last.SequenceEqual(wanted))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                throw new IOException($"it ended before it said '{text}'");
            }

            last.Add(one[0]);
            if (last.Count > wanted.Length)
            {
                last.RemoveAt(0);
            }
        }
    }
}
