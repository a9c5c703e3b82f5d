using System.Text;

namespace Lab.BootAgent.Supervision;

/// <summary>
/// A program's output in a file that never grows past its limit: when it is full it becomes <c>NAME.log.1</c> and a new one begins.
/// The last lines are kept in memory, for the console.
/// </summary>
internal sealed class BoundedLog : IDisposable
{
    /// <summary>Lines kept in memory.</summary>
    public const int TailLimit = 60;

    private const int LineLimit = 2000;
    private readonly Lock _gate = new();
    private readonly Queue<string> _tail = new();
    private readonly string _path;
    private readonly long _limit;
    private FileStream? _file;

    /// <param name="folder">Made if it is not there.</param>
    /// <param name="name">The program.</param>
    /// <param name="limit">Bytes a file; two files at most.</param>
    public BoundedLog(string folder, string name, long limit = 512 * 1024)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, $"{name}.log");
        _limit = limit;
    }

    /// <summary>Adds a line. A log that cannot be written is no reason to stop anything: the lines in memory stay.</summary>
    public void Add(string line)
    {
        lock (_gate)
        {
            if (line.Length > LineLimit)
                line = line[..LineLimit];
            _tail.Enqueue(line);
            if (_tail.Count > TailLimit)
                _tail.Dequeue();
            try
            {
                Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            catch (IOException)
            {
                _file?.Dispose();
                _file = null;
            }
        }
    }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Tail()
    {
        lock (_gate)
            return [.. _tail];
    }

    /// <summary>Forgets the lines in memory, so that the next ones speak for themselves.</summary>
    public void Forget()
    {
        lock (_gate)
            _tail.Clear();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_file is not null && _file.Length + bytes.Length > _limit)
        {
            _file.Dispose();
            _file = null;
            File.Move(_path, _path + ".1", overwrite: true);
        }

        _file ??= new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _file.Write(bytes);
    }
}
