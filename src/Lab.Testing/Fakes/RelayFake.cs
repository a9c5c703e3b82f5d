namespace Lab.Testing.Fakes;

/// <summary>A USB relay of the LCUS kind on a pseudo-terminal: A0, number, state, sum; FF asks for all states as text.</summary>
internal sealed class RelayFake(FakeState state, string path)
{
    private const int Channels = 4;

    public string Start()
    {
        var port = new PseudoTerminal(path);
        new Thread(() => Serve(port)) { IsBackground = true, Name = "fake relay" }.Start();
        return path;
    }

    private void Serve(PseudoTerminal port)
    {
        var buffer = new byte[64];
        var pending = new List<byte>();
        int count;
        while ((count = port.Read(buffer)) > 0)
        {
            pending.AddRange(buffer.AsSpan(0, count));
            while (Take(pending) is { } answer)
            {
                Reply(port, answer);
            }
        }
    }

    private byte[]? Take(List<byte> pending)
    {
        switch (pending)
        {
            case [0xFF, ..]:
                pending.RemoveAt(0);
                var states = Enumerable
                    .Range(1, Channels)
                    .Select(relay => $"CH{relay}: {(state.IsOn(relay) ? "ON " : "OFF")}\r\n");
                return System.Text.Encoding.ASCII.GetBytes(string.Concat(states));
            case [0xA0, var relay, var on, var sum, ..]:
                pending.RemoveRange(0, 4);
                if (relay is < 1 or > Channels || on > 1 || sum != (byte)(0xA0 + relay + on))
                {
                    state.Violate($"A0 {relay:X2} {on:X2} {sum:X2}");
                }
                else
                {
                    state.Switch(relay, on == 1);
                }

                return [];
            case [not (0xA0 or 0xFF), ..]:
                state.Violate($"{pending[0]:X2}");
                pending.RemoveAt(0);
                return [];
            default:
                return null;
        }
    }

    private void Reply(PseudoTerminal port, byte[] answer)
    {
        switch (state.Behaviour)
        {
            case Misbehaviour.Slow or Misbehaviour.Drop or Misbehaviour.Refuse:
                break;
            case Misbehaviour.Half:
                port.Write(answer.AsSpan(0, answer.Length / 3));
                break;
            case Misbehaviour.Wrong when answer.Length > 0:
                port.Write("no relay here, this is a modem\r\n\r\n\r\n\r\n\r\n"u8);
                break;
            default:
                port.Write(answer);
                break;
        }
    }
}
