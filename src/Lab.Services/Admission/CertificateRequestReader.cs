using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Lab.Services.Admission;

/// <summary>
/// Reads the PKCS#10 request of a would-be node, which anybody with a token can have written: exactly a node's subject, an ECDSA P-256 key, a
/// good signature, and nothing else in it.
/// </summary>
internal static class CertificateRequestReader
{
    // A P-256 request has some 400 bytes.
    private const int MaxPem = 4 * 1024;
    private const string Label = "CERTIFICATE REQUEST";
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Reads it.</summary>
    /// <param name="pem">The bytes of <c>spec.request</c>.</param>
    /// <exception cref="FormatException">It is not a node's; says why.</exception>
    public static NodeCertificateRequest Read(ReadOnlySpan<byte> pem)
    {
        if (pem.Length > MaxPem)
            throw new FormatException($"a request of {pem.Length} bytes is not a node's");
        try
        {
            var request = CertificateRequest.LoadSigningRequest(
                Decode(pem),
                HashAlgorithmName.SHA256,
                CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions
            );
            if (request.CertificateExtensions.Count > 0)
                throw new FormatException($"it asks for extensions ({request.CertificateExtensions[0].Oid?.Value})");
            if (request.OtherRequestAttributes.Count > 0)
                throw new FormatException("it has attributes that a node's request does not have");
            var node = ReadSubject(request.SubjectName);
            var key = request.PublicKey;
            if (key.Oid.Value != EcPublicKey || ReadCurve(key) != P256)
                throw new FormatException("its key is not an ECDSA key on P-256");
            return new NodeCertificateRequest(node, Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
        }
        // What the framework throws for bytes that are no request: it parses, and verifies the signature.
        catch (Exception exception)
            when (exception
                    is CryptographicException
                        or AsnContentException
                        or ArgumentException
                        or InvalidOperationException
                        or NotSupportedException
            )
        {
            throw new FormatException($"it is not a signing request: {exception.Message}", exception);
        }
    }

    private static byte[] Decode(ReadOnlySpan<byte> pem)
    {
        var text = Encoding.ASCII.GetString(pem);
        if (!PemEncoding.TryFind(text, out var fields) || !text.AsSpan()[fields.Label].SequenceEqual(Label))
            throw new FormatException("it is not a PEM block of a certificate request");
        var (start, length) = fields.Location.GetOffsetAndLength(text.Length);
        if (!text.AsSpan(0, start).IsWhiteSpace() || !text.AsSpan(start + length).IsWhiteSpace())
            throw new FormatException("there is more than one PEM block in it");
        return Convert.FromBase64String(text[fields.Base64Data]);
    }

    private static string ReadSubject(X500DistinguishedName subject)
    {
        string? name = null;
        string? organization = null;
        foreach (var part in subject.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
                throw new FormatException("its subject is not a node's");
            var target = part.GetSingleElementType().Value;
            if (target == CommonName && name is null)
                name = part.GetSingleElementValue();
            else if (target == Organization && organization is null)
                organization = part.GetSingleElementValue();
            else
                throw new FormatException($"its subject has more than a node's ({target})");
        }
        if (organization != NodeNames.Group)
            throw new FormatException($"its organization is not {NodeNames.Group}");
        return NodeNames.FindNode(name) is { Length: > 0 } node
            ? node
            : throw new FormatException("its common name is not a node's");
    }

    private static string? ReadCurve(PublicKey key) =>
        key.EncodedParameters?.RawData is { Length: > 0 } parameters
            ? AsnDecoder.ReadObjectIdentifier(parameters, AsnEncodingRules.DER, out _)
            : null;
}
