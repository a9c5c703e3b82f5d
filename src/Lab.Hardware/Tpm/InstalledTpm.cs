using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Tpm;

/// <summary>A real board's TPM, known to the lab by the certificate of its endorsement key.</summary>
public sealed class InstalledTpm : ITpm
{
    private readonly string _board;

    private InstalledTpm(string board, ReadOnlyMemory<byte> certificate, IReadOnlyList<ReadOnlyMemory<byte>> authorities)
    {
        _board = board;
        EndorsementKeyCertificate = certificate;
        EndorsementAuthorities = authorities;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EndorsementKeyCertificate { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EndorsementAuthority => EndorsementAuthorities[0];

    /// <summary>All certificates of the makers' file, DER.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> EndorsementAuthorities { get; }

    /// <summary>Reads the certificates.</summary>
    /// <param name="board">The board, for messages.</param>
    /// <param name="certificatePath">The certificate of the endorsement key, DER or PEM.</param>
    /// <param name="authorityPath">Those of the maker's authority, DER or PEM; several in one PEM file.</param>
    /// <param name="at">Where the rig names them.</param>
    /// <exception cref="LabException">A file is not there or holds no certificate.</exception>
    public static InstalledTpm Read(string board, string certificatePath, string authorityPath, string at) =>
        new(board, ReadAll(certificatePath, at)[0], ReadAll(authorityPath, at));

    /// <inheritdoc/>
    /// <exception cref="RigException">Any fault: a chip cannot be told to fail.</exception>
    public Task StageAsync(TpmFault fault, CancellationToken cancellationToken) =>
        fault == TpmFault.None
            ? Task.CompletedTask
            : throw new RigException(
                $"no fault can be staged in the TPM of board '{_board}'",
                remedy: "take a virtual board for this"
            );

    private static List<ReadOnlyMemory<byte>> ReadAll(string path, string at)
    {
        try
        {
            var found = new X509Certificate2Collection();
            var content = File.ReadAllBytes(path);
            if (content.AsSpan().IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0)
            {
                found.ImportFromPem(System.Text.Encoding.ASCII.GetString(content));
            }
            else
            {
                found.Add(X509CertificateLoader.LoadCertificate(content));
            }

            return [.. found.Select(certificate => (ReadOnlyMemory<byte>)certificate.RawData)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LabException(
                $"the certificate {path} cannot be used: {exception.Message}",
                at,
                "'tpm2_getekcertificate' on the board reads that of its TPM; its maker publishes its authority's",
                exception
            );
        }
    }
}
