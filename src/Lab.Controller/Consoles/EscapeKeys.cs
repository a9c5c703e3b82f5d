namespace Lab.Controller.Consoles;

/// <summary>Takes the keys that are meant for the program out of those that are meant for the board: the escape key, and one after it.</summary>
internal sealed class EscapeKeys
{
    /// <summary>Ctrl-], as telnet has it: no shell, editor or boot loader wants it.</summary>
    public const byte Escape = 0x1D;

    private bool _escaped;

    /// <summary>Reads what was typed.</summary>
    /// <param name="typed">The keys.</param>
    /// <param name="send">Gets what is the board's.</param>
    /// <returns>The keys that were typed behind the escape key, in order; the escape key typed twice is the board's.</returns>
    public IReadOnlyList<char> Read(ReadOnlySpan<byte> typed, List<byte> send)
    {
        var commands = new List<char>();
        foreach (var key in typed)
        {
            if (_escaped && key != Escape)
            {
                commands.Add((char)key);
                _escaped = false;
            }
            else if (key == Escape && !_escaped)
            {
                _escaped = true;
            }
            else
            {
                send.Add(key);
                _escaped = false;
            }
        }

        return commands;
    }
}
