using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Power;

/// <summary>What is known of a board's power, and why nothing is known where that is so.</summary>
/// <param name="State">The state.</param>
/// <param name="Fault">Why it could not be read; null where it was, or where the device cannot tell.</param>
public sealed record PowerReading(PowerState State, LabException? Fault = null);
