namespace Lab.Hardware.Consoles.Network;

/// <summary>
/// Takes telnet's commands (RFC 854, RFC 855) out of received bytes, which may be split anywhere. Hostile input costs at most
/// <see cref="LongestSubnegotiation"/> bytes of memory.
/// </summary>
/// <param name="onOption">A verb (WILL, WONT, DO, DONT) and its option.</param>
/// <param name="onSubnegotiation">An option and what was said about it.</param>
internal sealed class TelnetDecoder(Action<byte, byte> onOption, Action<byte, byte[]> onSubnegotiation)
{
    public const byte Iac = 255;
    public const byte Dont = 254;
    public const byte Do = 253;
    public const byte Wont = 252;
    public const byte Will = 251;
    public const byte Sb = 250;
    public const byte Break = 243;
    public const byte Se = 240;

    public const int LongestSubnegotiation = 1024;

    private readonly List<byte> _subnegotiation = [];
    private State _state;
    private byte _verb;

    private enum State
    {
        Data,
        Return,
        Command,
        Option,
        Subnegotiation,
        SubnegotiationCommand,
    }

    /// <summary>Whether the other end sends binary, RFC 856: then a carriage return is just that.</summary>
    public bool IsBinary { get; set; }

    /// <summary>Decodes in place; returns how many bytes of data are left at the buffer's start.</summary>
    public int Decode(Span<byte> buffer)
    {
        var length = 0;
        foreach (var value in buffer)
        {
            if (Accept(value))
            {
                buffer[length++] = value;
            }
        }

        return length;
    }

    private bool Accept(byte value)
    {
        switch (_state)
        {
            case State.Return when value == 0:
                _state = State.Data;
                return false;
            case State.Data or State.Return:
                _state =
                    value == Iac ? State.Command
                    : value == '\r' && !IsBinary ? State.Return
                    : State.Data;
                return value != Iac;
            case State.Command:
                return Command(value);
            case State.Option:
                _state = State.Data;
                onOption(_verb, value);
                return false;
            case State.Subnegotiation:
                if (value == Iac)
                {
                    _state = State.SubnegotiationCommand;
                }
                else
                {
                    Keep(value);
                }

                return false;
            default:
                EndOrKeep(value);
                return false;
        }
    }

    private bool Command(byte value)
    {
        _verb = value;
        _state = value switch
        {
            Will or Wont or Do or Dont => State.Option,
            Sb => State.Subnegotiation,
            _ => State.Data,
        };
        _subnegotiation.Clear();
        return value == Iac;
    }

    private void EndOrKeep(byte value)
    {
        if (value == Iac)
        {
            _state = State.Subnegotiation;
            Keep(value);
            return;
        }

        _state = State.Data;
        if (value == Se && _subnegotiation.Count > 0)
        {
            onSubnegotiation(_subnegotiation[0], [.. _subnegotiation.Skip(1)]);
        }
    }

    private void Keep(byte value)
    {
        if (_subnegotiation.Count < LongestSubnegotiation)
        {
            _subnegotiation.Add(value);
        }
    }
}
