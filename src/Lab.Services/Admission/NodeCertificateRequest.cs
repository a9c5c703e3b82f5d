namespace Lab.Services.Admission;

/// <summary>What a PKCS#10 request of a would-be node asks for.</summary>
/// <param name="NodeName">The node's name in its subject.</param>
/// <param name="KeySha256">SHA-256 (lower-case hexadecimal) of its SubjectPublicKeyInfo.</param>
internal sealed record NodeCertificateRequest(string NodeName, string KeySha256);
