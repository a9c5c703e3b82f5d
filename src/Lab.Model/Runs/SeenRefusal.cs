namespace Lab.Model.Runs;

/// <summary>That a part of the chain refused, and why: a machine's word, not a sentence.</summary>
/// <param name="Stage">The stage in which it refused.</param>
/// <param name="Code">The code it refused with.</param>
public sealed record SeenRefusal(string Stage, string Code);
