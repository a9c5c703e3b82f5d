namespace Lab.Controller.Doctor;

/// <summary>Something that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="State">How it was found, in a word or two.</param>
/// <param name="Detail">More about it.</param>
/// <param name="Remedy">What to do about it; null where nothing needs doing.</param>
internal sealed record Finding(string Name, string State, string Detail, string? Remedy);
