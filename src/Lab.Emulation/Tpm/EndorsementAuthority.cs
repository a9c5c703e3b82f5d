using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Host.Machine;

namespace Lab.Emulation.Tpm;

/// <summary>
/// The authority that certifies the endorsement keys of a rig's TPMs, in the rig's own folder. swtpm's tools would make one in the system's
/// folders when nobody names another.
/// </summary>
public sealed class EndorsementAuthority
{
    private const int YearsValid = 20;

    private EndorsementAuthority(string folder, byte[] certificate)
    {
        Folder = folder;
        Certificate = certificate;
    }

    /// <summary>The authority's self-signed certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    internal string Folder { get; }

    internal string SetupConfiguration => Path.Combine(Folder, "swtpm_setup.conf");

    /// <summary>Opens the rig's authority; makes it when there is none.</summary>
    /// <param name="rigFolder">The rig's state folder.</param>
    /// <param name="rig">The rig's name, part of the certificate's subject.</param>
    /// <param name="time">The clock: the certificate begins a day before now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<EndorsementAuthority> OpenAsync(
        string rigFolder,
        string rig,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var folder = Path.Combine(rigFolder, "endorsement");
        var certificatePath = Path.Combine(folder, "issuercert.pem");
        if (!File.Exists(certificatePath))
            await CreateAsync(folder, rig, time, cancellationToken);
        using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificatePath, cancellationToken));
        return new EndorsementAuthority(folder, certificate.RawData);
    }

    private static async Task CreateAsync(string folder, string rig, TimeProvider time, CancellationToken cancellationToken)
    {
        // Made aside and moved into place whole: of several boards opened at once, one makes it.
        var aside = $"{folder}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        Directory.CreateDirectory(aside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = CreateCertificate(key, rig, time);
            await WriteAsync("signkey.pem", key.ExportPkcs8PrivateKeyPem());
            await WriteAsync("issuercert.pem", certificate.ExportCertificatePem());
            await WriteAsync("certserial", "1");
            await WriteAsync(
                "swtpm-localca.conf",
                $"""
                statedir = {folder}
                signingkey = {folder}/signkey.pem
                issuercert = {folder}/issuercert.pem
                certserial = {folder}/certserial

                """
            );
            await WriteAsync(
                "swtpm-localca.options",
                """
                --platform-manufacturer HwLab
                --platform-version 1.0
                --platform-model virt

                """
            );
            await WriteAsync(
                "swtpm_setup.conf",
                $"""
                create_certs_tool = {HostTools.Require("swtpm_localca")}
                create_certs_tool_config = {folder}/swtpm-localca.conf
                create_certs_tool_options = {folder}/swtpm-localca.options

                """
            );
            Directory.Move(aside, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another board of the rig was faster.
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(aside, name), text, cancellationToken);
    }

    private static X509Certificate2 CreateCertificate(ECDsa key, string rig, TimeProvider time)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName($"HwLab endorsement authority of rig {rig}");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: true,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(YearsValid));
    }
}
