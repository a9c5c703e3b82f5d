using System.Text;

namespace Lab.Host.Processes;

/// <summary>Keeps the last lines of a program's output: at most 50, each cut at 4096 characters, whatever the program writes.</summary>
internal sealed class LineTail(Action<string>? onLine)
{
    private const int MaximumLines = 50;
    private const int MaximumLength = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>Reads to the end of the stream.</summary>
    public async Task ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[MaximumLength];
        var line = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            foreach (var character in buffer.AsMemory(0, count).ToArray())
            {
                if (character == '\n')
                    Complete(line);
                else if (line.Length < MaximumLength)
                    line.Append(character);
            }
        }
        if (line.Length > 0)
            Complete(line);
    }

    private void Complete(StringBuilder line)
    {
        var text = line.ToString().TrimEnd('\r');
        line.Clear();
        lock (_gate)
        {
            _lines.Enqueue(text);
            if (_lines.Count > MaximumLines)
                _lines.Dequeue();
        }
        onLine?.Invoke(text);
    }
}
