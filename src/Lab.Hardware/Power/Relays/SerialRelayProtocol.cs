namespace Lab.Hardware.Power.Relays;

/// <summary>What a serial relay board speaks.</summary>
public enum SerialRelayProtocol
{
    /// <summary>The LCUS boards with a CH340: <c>A0 NN SS sum</c>, 9600 bits per second.</summary>
    Lcus,

    /// <summary>Numato's boards: <c>relay on 0</c>, <c>relay read 0</c>, each ended by a carriage return.</summary>
    Numato,
}
