using k8s.Models;

namespace Lab.Services.Admission;

/// <summary>A CertificateSigningRequest object of the API, as far as it is judged.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Signer">Whom it asks.</param>
/// <param name="User">Who created it, as the API authenticated it.</param>
/// <param name="Usages">What the certificate is to be good for.</param>
/// <param name="Request">PKCS#10 in PEM.</param>
internal sealed record SigningRequest(
    string Uid,
    string Signer,
    string User,
    IReadOnlyList<string> Usages,
    ReadOnlyMemory<byte> Request
)
{
    public static SigningRequest Of(V1CertificateSigningRequest request) =>
        new(
            request.Metadata.Uid ?? "",
            request.Spec.SignerName ?? "",
            request.Spec.Username ?? "",
            [.. request.Spec.Usages ?? []],
            request.Spec.Request ?? []
        );
}
