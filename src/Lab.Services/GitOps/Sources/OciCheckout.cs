using Lab.Trust.Oci;

namespace Lab.Services.GitOps.Sources;

/// <summary>What a reference led to.</summary>
/// <param name="Revision">As status and events name it: <c>tag@sha256:…</c>, or the digest alone where that was asked for.</param>
/// <param name="Digest">The manifest's digest.</param>
/// <param name="Manifest">The manifest.</param>
internal sealed record OciCheckout(string Revision, OciDigest Digest, OciManifest Manifest);
