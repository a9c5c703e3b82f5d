using System.Collections.Concurrent;
using System.Text;

namespace Lab.Testing.Fakes;

/// <summary>
/// A board on a fake's relay: when it gets power it says how often it has started and a few kilobytes more, then sits at a prompt and
/// repeats what it is told. Its serial adapter has its own power and can be pulled.
/// </summary>
public sealed class FakeBoard : IDisposable
{
    /// <summary>How many lines it says at each start.</summary>
    public const int Lines = 200;

    private readonly Lock _gate = new();
    private readonly FakeState _state;
    private readonly string _path;

    // A port's buffer is small and its reader may be slow or absent; the relay must not wait for it.
    private readonly BlockingCollection<byte[]> _saying = [];
    private PseudoTerminal? _port;
    private int _starts;

    internal FakeBoard(FakeState state, string path)
    {
        _state = state;
        _path = path;
        Plug();
        new Thread(Speak) { IsBackground = true, Name = "fake board speaks" }.Start();
        state.Switched = (_, on) =>
        {
            if (on)
            {
                Start();
            }
        };
    }

    /// <summary>What it says at its n-th start.</summary>
    public static string TextOf(int start)
    {
        var text = new StringBuilder($"fake board, start {start}\r\n");
        for (var line = 0; line < Lines; line++)
        {
            text.Append($"[{line, 4}] what a kernel says at its start\r\n");
        }

        return text.Append("login: ").ToString();
    }

    internal void Plug()
    {
        lock (_gate)
        {
            _port ??= new PseudoTerminal(_path);
            var port = _port;
            new Thread(() => Listen(port)) { IsBackground = true, Name = "fake board" }.Start();
        }
    }

    internal void Unplug()
    {
        lock (_gate)
        {
            _port?.Dispose();
            _port = null;
        }
    }

    internal void Say(string text) => _saying.Add(Encoding.ASCII.GetBytes(text));

    /// <summary>Forgets what it was about to say, and what nobody has read.</summary>
    internal void Flush()
    {
        while (_saying.TryTake(out _)) { }

        lock (_gate)
        {
            _port?.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Unplug();

    private void Start() => Say(TextOf(++_starts));

    private void Speak()
    {
        foreach (var bytes in _saying.GetConsumingEnumerable())
        {
            try
            {
                _port?.Write(bytes);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The adapter was pulled: nobody hears it.
            }
        }
    }

    private void Listen(PseudoTerminal port)
    {
        var buffer = new byte[1024];
        int count;
        while ((count = port.Read(buffer)) > 0)
        {
            if (_state.IsOn(0) || _state.IsOn(1))
            {
                Say($"<{Encoding.ASCII.GetString(buffer, 0, count)}>");
            }
        }
    }
}
