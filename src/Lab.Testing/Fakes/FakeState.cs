namespace Lab.Testing.Fakes;

/// <summary>What a fake device is: its relays, how it behaves, and what it was sent that it should not have been.</summary>
internal sealed class FakeState
{
    public const int Relays = 33;

    private readonly Lock _gate = new();
    private readonly bool[] _relays = new bool[Relays];
    private readonly List<string> _violations = [];
    private Misbehaviour _behaviour;
    private int _inFlight;

    /// <summary>Told of each relay that moved.</summary>
    public Action<int, bool>? Switched { get; set; }

    public Misbehaviour Behaviour
    {
        get
        {
            lock (_gate)
            {
                return _behaviour;
            }
        }
        set
        {
            lock (_gate)
            {
                _behaviour = value;
            }
        }
    }

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_gate)
            {
                return [.. _violations];
            }
        }
    }

    public bool IsOn(int relay)
    {
        lock (_gate)
        {
            return _relays[relay];
        }
    }

    /// <summary>Moves a relay, unless it is stuck.</summary>
    public void Switch(int relay, bool on)
    {
        lock (_gate)
        {
            if (_behaviour == Misbehaviour.Stuck || _relays[relay] == on)
            {
                return;
            }

            _relays[relay] = on;
        }

        Switched?.Invoke(relay, on);
    }

    public void Violate(string what)
    {
        lock (_gate)
        {
            _violations.Add(what);
        }
    }

    /// <summary>A request begins; a second one beside it is a violation, as many strips cannot take it.</summary>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _inFlight) > 1)
        {
            Violate("two requests at a time");
        }

        return new Leave(this);
    }

    private sealed class Leave(FakeState state) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref state._inFlight);
    }
}
