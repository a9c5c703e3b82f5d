namespace Lab.Controller.Rigs;

/// <summary>A real board's TPM.</summary>
/// <param name="CertificatePath">The full path of its endorsement key's certificate; looked for when the board is opened.</param>
/// <param name="AuthorityPath">That of the authority that signed it.</param>
/// <param name="At">Where the rig names it.</param>
public sealed record RigTpm(string CertificatePath, string AuthorityPath, SourceMark At);
