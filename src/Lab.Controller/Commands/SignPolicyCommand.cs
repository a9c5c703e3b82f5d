using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Lab.Controller.Runs;
using Lab.Model.Errors;
using Lab.Trust.Prediction;
using Lab.Trust.Tpm;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab pcr sign</c> and <c>pcr check</c>: the signed policies for PCR 11 that systemd reads.</summary>
internal static class SignPolicyCommand
{
    public static Command Sign(LabEnvironment environment)
    {
        var uki = Uki();
        var key = Key("The private key: RSA, PEM.");
        var phase = Phase();
        var command = new Command("sign", "Sign PCR 11 of a unified kernel image, as 'systemd-measure sign' does.")
        {
            uki,
            key,
            phase,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(uki);
            using var rsa = ReadKey(parsed.GetRequiredValue(key), isPrivate: true);
            var values = ValuesOf(path, parsed.GetValue(phase));
            environment.Output.WriteLine(Encoding.UTF8.GetString(SignedPcrPolicies.ToJson(SignedPcrPolicies.Sign(values, rsa))));
        });
        return command;
    }

    public static Command Check(LabEnvironment environment)
    {
        var file = new Argument<string>("POLICIES") { Description = "The signed policies, JSON." };
        var uki = Uki();
        var key = Key("The public key: RSA, PEM.");
        var phase = Phase();
        var command = new Command("check", "Check that signed policies are of this image and by this key.")
        {
            file,
            uki,
            key,
            phase,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            using var rsa = ReadKey(parsed.GetRequiredValue(key), isPrivate: false);
            var entries = TrustErrors.Translate(path, () => SignedPcrPolicies.Parse(TrustErrors.Read(path)));
            var phases = PhasesOf(parsed.GetValue(phase));
            var isSigned = ValuesOf(parsed.GetRequiredValue(uki), phases)
                .Select(values => SignedPcrPolicies.Find(entries, values, rsa) is not null)
                .ToList();
            foreach (var (name, holds) in phases.Zip(isSigned))
            {
                environment.Output.WriteLine($"{(holds ? "✓" : "✗")} {name}");
            }

            return isSigned.TrueForAll(holds => holds) ? ExitCodes.Pass : ExitCodes.BoardFailed;
        });
        return command;
    }

    private static IReadOnlyList<PcrValues> ValuesOf(string uki, IReadOnlyList<string>? phases) =>
        TrustErrors.Translate(uki, () => UkiPhases.Of(TrustErrors.Read(uki), TpmAlgorithm.Sha256, PhasesOf(phases)));

    private static IReadOnlyList<string> PhasesOf(IReadOnlyList<string>? phases) =>
        phases is { Count: > 0 } ? phases : UkiPhases.Standard;

    private static RSA ReadKey(string path, bool isPrivate)
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(Encoding.UTF8.GetString(TrustErrors.Read(path)));
            if (isPrivate)
            {
                key.ExportParameters(includePrivateParameters: true);
            }

            return key;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new RigException($"this is no RSA key in PEM: {exception.Message}", path, inner: exception);
        }
    }

    private static Option<string> Uki() =>
        new("--uki")
        {
            Description = "The unified kernel image.",
            HelpName = "FILE",
            Required = true,
        };

    private static Option<string> Key(string description) =>
        new("--key")
        {
            Description = description,
            HelpName = "FILE",
            Required = true,
        };

    private static Option<string[]> Phase() =>
        new("--phase")
        {
            Description = "A phase such as enter-initrd:leave-initrd; may be given more than once; else systemd's own four.",
            HelpName = "WORDS",
        };
}
