using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lab.Controller.Runs;
using Lab.Model.Errors;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Prediction;
using Lab.Trust.Tpm;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab pcr …</c>: PCR values predicted from artifacts, replayed from a log, read from a TPM.</summary>
internal static class PcrCommand
{
    public static Command Create(LabEnvironment environment) =>
        new("pcr", "Predict, replay, read and sign PCR values.")
        {
            Predict(environment),
            ReplayCommand.Create(environment),
            Read(environment),
            SignPolicyCommand.Sign(environment),
            SignPolicyCommand.Check(environment),
        };

    private static Command Predict(LabEnvironment environment)
    {
        var firmware = File("--firmware", "The U-Boot binary.", required: true);
        var uki = File("--uki", "The unified kernel image that it starts.", required: true);
        var kernel = File("--kernel", "The target's kernel.", required: false);
        var initrd = File("--initrd", "The target's root file system, or what finds it.", required: false);
        var root = File("--root", "The root file system that the target's initrd goes on into.", required: false);
        var commandLine = new Option<string?>("--cmdline") { Description = "The target's command line.", HelpName = "TEXT" };
        var noRom = new Option<bool>("--no-rom") { Description = "Nothing beneath the firmware measures it." };
        var reference = new Option<string?>("--reference")
        {
            Description = "Also write reference values, for the policy of 'attest verify'.",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json();
        var command = new Command("predict", "Predict what a good boot of these artifacts leaves in the PCRs.")
        {
            firmware,
            uki,
            kernel,
            initrd,
            root,
            commandLine,
            noRom,
            reference,
            json,
        };
        command.SetAction(parsed =>
        {
            var code = parsed.GetRequiredValue(firmware)!;
            var image = TrustErrors.Read(code);
            var target = Target(
                parsed.GetValue(kernel),
                parsed.GetValue(initrd),
                parsed.GetValue(root),
                parsed.GetValue(commandLine)
            );
            var path = parsed.GetRequiredValue(uki)!;
            var artifacts = new BootArtifacts(image, TrustErrors.Read(path), target, !parsed.GetValue(noRom));
            var prediction = TrustErrors.Translate($"{code}, {path}", () => PcrPredictor.Predict(artifacts));
            if (parsed.GetValue(reference) is { } file)
            {
                var start = artifacts.FirmwareMeasuredByRom
                    ? HardwareCrtm.StartValue(TpmAlgorithm.Sha256, SHA256.HashData(image))
                    : null;
                var values = ReferenceValues.From(
                    $"predicted from {path}",
                    new PcrValues(TpmAlgorithm.Sha256, prediction.Values),
                    start
                );
                System.IO.File.WriteAllBytes(file, values.ToJson());
            }

            Tell(environment, prediction.Values, parsed.GetValue(json), prediction.Events);
        });
        return command;
    }

    private static Command Read(LabEnvironment environment)
    {
        var device = new Option<string>("--device")
        {
            Description = "The TPM's device.",
            HelpName = "FILE",
            DefaultValueFactory = _ => TpmDeviceTransport.DefaultPath,
        };
        var socket = new Option<string?>("--socket") { Description = "A swtpm's Unix socket instead.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("read", "Read the PCRs of a TPM.") { device, socket, json };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var path = parsed.GetValue(socket) ?? parsed.GetRequiredValue(device);
                var values = TrustErrors.Translate(
                    path,
                    () =>
                    {
                        using var tpm = parsed.GetValue(socket) is null ? Tpm2.OverDevice(path) : Tpm2.OverSocket(path);
                        var all = PcrSelection.Of(TpmAlgorithm.Sha256, Enumerable.Range(0, PcrSelection.PcrCount));
                        return tpm.ReadPcrs(all, cancellationToken);
                    }
                );
                Tell(environment, values.All, parsed.GetValue(json), events: null);
                return Task.FromResult(ExitCodes.Pass);
            }
        );
        return command;
    }

    private static TargetDigests? Target(string? kernel, string? initrd, string? root, string? commandLine)
    {
        string?[] parts = [kernel, initrd, commandLine];
        return parts.Count(part => part is not null) switch
        {
            0 when root is null => null,
            3 => new TargetDigests(
                SHA256.HashData(TrustErrors.Read(kernel!)),
                SHA256.HashData(TrustErrors.Read(initrd!)),
                SHA256.HashData(Encoding.UTF8.GetBytes(commandLine!))
            )
            {
                Root = root is null ? null : SHA256.HashData(TrustErrors.Read(root)),
            },
            _ => throw new RigException(
                "a target has a kernel, an initrd and a command line",
                remedy: "give --kernel, --initrd and --cmdline, or none"
            ),
        };
    }

    private static void Tell(
        LabEnvironment environment,
        IReadOnlyDictionary<int, byte[]> values,
        bool asJson,
        IReadOnlyList<PredictedEvent>? events
    )
    {
        var ordered = values.OrderBy(value => value.Key).ToList();
        if (!asJson)
        {
            TextTable.Write(
                environment.Output,
                [.. ordered.Select(value => (IReadOnlyList<string>)[$"{value.Key}", Convert.ToHexStringLower(value.Value)])]
            );
            return;
        }

        JsonOutput.Write(
            environment.Output,
            json =>
            {
                json.WriteString("bank", "sha256");
                JsonOutput.WriteArray(
                    json,
                    "pcrs",
                    ordered,
                    (item, value) =>
                    {
                        item.WriteString("name", $"{value.Key}");
                        item.WriteNumber("index", value.Key);
                        item.WriteString("value", Convert.ToHexStringLower(value.Value));
                    }
                );
                if (events is not null)
                {
                    JsonOutput.WriteArray(json, "events", events, WriteEvent);
                }
            }
        );
    }

    private static void WriteEvent(Utf8JsonWriter json, PredictedEvent predicted)
    {
        json.WriteString("name", predicted.EventName);
        json.WriteNumber("pcr", predicted.Pcr);
        json.WriteString("digest", Convert.ToHexStringLower(predicted.Digest));
        json.WriteString("description", predicted.Description);
        json.WriteString("source", predicted.Source);
        json.WriteBoolean("logged", predicted.Logged);
    }

    private static Option<string?> File(string name, string description, bool required) =>
        new(name)
        {
            Description = description,
            HelpName = "FILE",
            Required = required,
        };
}
