using System.Security.Cryptography.X509Certificates;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Emulation.Tpm;

/// <summary>A software TPM as it comes from the factory: its state with endorsement keys, and their certificates in NV.</summary>
public sealed class TpmState
{
    private TpmState(string folder, byte[] endorsementKeyCertificate)
    {
        Folder = folder;
        EndorsementKeyCertificate = endorsementKeyCertificate;
    }

    /// <summary>Where swtpm keeps it.</summary>
    public string Folder { get; }

    /// <summary>The certificate of the RSA-2048 endorsement key (NV 0x01c00002), DER.</summary>
    public ReadOnlyMemory<byte> EndorsementKeyCertificate { get; }

    /// <summary>Opens a TPM's state; manufactures it when there is none, with only the SHA-256 bank.</summary>
    /// <exception cref="LabException">swtpm's tools are missing or failed.</exception>
    public static async Task<TpmState> OpenAsync(
        string folder,
        EndorsementAuthority authority,
        CancellationToken cancellationToken
    )
    {
        var certificatePath = Path.Combine(folder, "ek-rsa2048.crt");
        if (!File.Exists(certificatePath))
            await ManufactureAsync(folder, authority, cancellationToken);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(certificatePath);
        return new TpmState(folder, certificate.RawData);
    }

    private static async Task ManufactureAsync(string folder, EndorsementAuthority authority, CancellationToken cancellationToken)
    {
        // Half a TPM, from an interrupted try, is none.
        var aside = folder + ".new";
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(aside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var result = await Cli.Wrap(HostTools.Require("swtpm_setup"))
            .WithArguments([
                "--tpm2",
                "--tpmstate",
                aside,
                "--createek",
                "--create-ek-cert",
                "--create-platform-cert",
                "--lock-nvram",
                // U-Boot hashes in emulation: each further bank costs seconds.
                "--pcr-banks",
                "sha256",
                "--config",
                authority.SetupConfiguration,
                "--write-ek-cert-files",
                aside,
            ])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            var lines = (result.StandardOutput + result.StandardError)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .TakeLast(8);
            throw new LabException(
                $"a TPM could not be made:\n  | {string.Join("\n  | ", lines)}",
                "swtpm_setup",
                $"see that swtpm-tools is installed and {authority.Folder} is whole; removing that folder makes a new authority"
            );
        }
        Directory.Move(aside, folder);
    }
}
