using System.CommandLine;
using Lab.Controller.Runs;
using Lab.Model.Errors;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab pcr replay LOG</c>: what a log of any of the known forms says that the registers must hold.</summary>
internal static class ReplayCommand
{
    private const string Automatic = "auto";
    private const string Tcg = "tcg";
    private const string Confidential = "ccel";
    private const string Ima = "ima";
    private const string Userspace = "systemd";

    private static readonly Dictionary<string, TpmAlgorithm> Banks = new(StringComparer.Ordinal)
    {
        ["sha1"] = TpmAlgorithm.Sha1,
        ["sha256"] = TpmAlgorithm.Sha256,
        ["sha384"] = TpmAlgorithm.Sha384,
        ["sha512"] = TpmAlgorithm.Sha512,
    };

    public static Command Create(LabEnvironment environment)
    {
        var log = new Argument<string>("LOG")
        {
            Description = "The log: binary_bios_measurements, CCEL, binary_runtime_measurements, tpm2-measure.log.",
        };
        var format = new Option<string>("--format")
        {
            Description =
                "tcg, ccel (registers of a confidential guest), ima or systemd; else what it looks like, and never ccel.",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => Automatic,
        };
        format.AcceptOnlyFromAmong(Automatic, Tcg, Confidential, Ima, Userspace);
        var bank = new Option<string?>("--bank")
        {
            Description = "sha1, sha256, sha384 or sha512; else sha256, or sha384 for ccel.",
            HelpName = "BANK",
        };
        bank.AcceptOnlyFromAmong([.. Banks.Keys]);
        var firmware = new Option<string?>("--firmware")
        {
            Description = "The firmware that a ROM measured before the log begins.",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json();
        var command = new Command("replay", "Replay an event log.") { log, format, bank, firmware, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(log);
            var bytes = TrustErrors.Read(path);
            var named = parsed.GetRequiredValue(format);
            var wanted = parsed.GetValue(bank) is { } name ? Banks[name] : (TpmAlgorithm?)null;
            var kind = named == Automatic ? FormatOf(bytes) : named;
            var image = parsed.GetValue(firmware);
            if (image is not null && kind != Tcg)
            {
                throw new RigException(
                    "firmware that a ROM measured is in PCR 0, of which only the firmware's log tells",
                    "--firmware"
                );
            }

            if (kind == Confidential && wanted is not (null or TpmAlgorithm.Sha384))
            {
                throw new RigException("the registers of a confidential guest are SHA-384", "--bank");
            }

            var (used, rows) = TrustErrors.Translate(path, () => Replay(bytes, kind, wanted ?? TpmAlgorithm.Sha256, image));
            Tell(environment, used, rows, parsed.GetValue(json));
            return ExitCodes.Pass;
        });
        return command;
    }

    private static string FormatOf(byte[] bytes) =>
        UserspaceLog.Looks(bytes) ? Userspace
        : ImaLog.Looks(bytes) ? Ima
        : Tcg;

    private static (TpmAlgorithm Bank, IReadOnlyList<Row> Rows) Replay(
        byte[] bytes,
        string format,
        TpmAlgorithm bank,
        string? firmware
    )
    {
        switch (format)
        {
            case Confidential:
                var registers = ConfidentialLog.Parse(bytes).Replay();
                return (TpmAlgorithm.Sha384, [.. registers.Select((value, index) => new Row($"RTMR{index}", index, value))]);
            case Ima:
                return (bank, Rows(ImaLog.Parse(bytes).Replay(bank)));
            case Userspace:
                return (bank, Rows(UserspaceLog.Parse(bytes).Replay(bank)));
            default:
                var start = firmware is null
                    ? []
                    : HardwareCrtm.StartValue(bank, TpmHash.Compute(bank, TrustErrors.Read(firmware)));
                return (bank, Rows(EventLog.Parse(bytes).Replay(bank, start)));
        }
    }

    private static IReadOnlyList<Row> Rows(PcrValues values) =>
        [.. values.All.OrderBy(one => one.Key).Select(one => new Row($"{one.Key}", one.Key, one.Value))];

    private static void Tell(LabEnvironment environment, TpmAlgorithm bank, IReadOnlyList<Row> rows, bool asJson)
    {
        if (!asJson)
        {
            TextTable.Write(
                environment.Output,
                [.. rows.Select(row => (IReadOnlyList<string>)[row.Name, Convert.ToHexStringLower(row.Value)])]
            );
            return;
        }

        JsonOutput.Write(
            environment.Output,
            json =>
            {
                json.WriteString("bank", bank.ToString().ToLowerInvariant());
                JsonOutput.WriteArray(
                    json,
                    "pcrs",
                    rows,
                    (item, row) =>
                    {
                        item.WriteString("name", row.Name);
                        item.WriteNumber("index", row.Index);
                        item.WriteString("value", Convert.ToHexStringLower(row.Value));
                    }
                );
            }
        );
    }

    private sealed record Row(string Name, int Index, byte[] Value);
}
