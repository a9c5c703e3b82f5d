namespace Lab.Trust.Attestation;

/// <summary>A folder of evidence is not one.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="file">The file or folder.</param>
/// <param name="cause">The failure beneath, if there was one.</param>
public sealed class EvidenceException(string problem, string file, Exception? cause = null)
    : Exception($"{file}: {problem}", cause)
{
    /// <summary>The file or folder at fault.</summary>
    public string File { get; } = file;
}
