namespace Lab.Host.Debian;

/// <summary>A package to fetch.</summary>
/// <param name="Suite">The release's code name.</param>
/// <param name="Name">The binary package's name.</param>
/// <param name="Follow">
/// If set, also every package it depends on, directly or not, whose name starts with this: <c>lib</c> for the
/// libraries of a program, <c>linux-image-</c> for the kernel behind a meta package.
/// </param>
public sealed record PackageRequest(string Suite, string Name, string? Follow = null)
{
    /// <summary>The architecture it is for, in Debian's words: a board's unless set.</summary>
    public string Architecture { get; init; } = DebianArchitecture.Board;
}
