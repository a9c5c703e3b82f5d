namespace Lab.Trust.Prediction;

/// <summary>One extension of one PCR that a good boot makes.</summary>
/// <param name="Pcr">The PCR's index.</param>
/// <param name="EventType">The event's type in the TCG log (TCG PC Client Platform Firmware Profile, 10.4.1).</param>
/// <param name="EventName">The type's name, such as EV_SEPARATOR.</param>
/// <param name="Digest">SHA-256, 32 bytes.</param>
/// <param name="Description">What is measured.</param>
/// <param name="Source">The artifact or specification the digest follows from.</param>
/// <param name="Logged">False for what the event log does not hold: the ROM's own event.</param>
public sealed record PredictedEvent(
    int Pcr,
    uint EventType,
    string EventName,
    byte[] Digest,
    string Description,
    string Source,
    bool Logged = true
);
