using System.CommandLine;
using Lab.Controller.Live;
using Lab.Controller.Runs;
using Lab.Model.Runs;
using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab attest verify</c>: appraises a quote with its event log, offline.</summary>
internal static class AttestCommand
{
    public static Command Create(LabEnvironment environment) => new("attest", "Appraise evidence.") { Verify(environment) };

    private static Command Verify(LabEnvironment environment)
    {
        var quote = File("--quote", "TPMS_ATTEST.");
        var signature = File("--signature", "TPMT_SIGNATURE.");
        var log = File("--event-log", "The event log.");
        var ak = File("--ak", "The attestation key's public area, TPM2B_PUBLIC.");
        var nonce = new Option<string>("--nonce")
        {
            Description = "The nonce that was asked for.",
            HelpName = "HEX",
            Required = true,
        };
        var nodeKey = new Option<string?>("--node-key")
        {
            Description = "SHA-256 of the node's key (SubjectPublicKeyInfo) that the quote must bind.",
            HelpName = "HEX",
        };
        var reference = File("--reference", "Reference values, as 'pcr predict --reference' writes them.");
        var json = CommonOptions.Json();
        var command = new Command("verify", "Verify a quote and its event log against reference values.")
        {
            quote,
            signature,
            log,
            ak,
            nonce,
            nodeKey,
            reference,
            json,
        };
        command.SetAction(parsed =>
        {
            byte[] Bytes(Option<string> option) => TrustErrors.Read(parsed.GetRequiredValue(option));
            var evidence = new QuoteEvidence(Bytes(quote), Bytes(signature), Bytes(log));
            var challenge = new QuoteChallenge(
                TrustErrors.Translate(parsed.GetRequiredValue(ak), () => TpmPublic.ParseSized(Bytes(ak))),
                TrustErrors.Translate("--nonce", () => Convert.FromHexString(parsed.GetRequiredValue(nonce))),
                TrustErrors.Translate(parsed.GetRequiredValue(reference), () => ReferenceValues.Parse(Bytes(reference)))
            )
            {
                NodeKeySha256 = parsed.GetValue(nodeKey) is { } digest
                    ? TrustErrors.Translate("--node-key", () => Convert.FromHexString(digest))
                    : null,
            };
            var appraisal = QuoteVerifier.Appraise(evidence, challenge);
            Tell(environment, appraisal, parsed.GetValue(json));
            return appraisal.IsTrusted ? ExitCodes.Pass : ExitCodes.BoardFailed;
        });
        return command;
    }

    private static void Tell(LabEnvironment environment, Appraisal appraisal, bool asJson)
    {
        if (!asJson)
        {
            TextTable.Write(
                environment.Output,
                [.. appraisal.Claims.Select(claim => (IReadOnlyList<string>)[Sign(claim.Verdict), claim.Name, claim.Detail])]
            );
            var denial = appraisal.Denial;
            environment.Output.WriteLine(denial is null ? "trusted" : $"denied ({denial.Code}): {denial.Detail}");
            return;
        }

        JsonOutput.Write(
            environment.Output,
            json =>
            {
                json.WriteString("verdict", appraisal.IsTrusted ? "pass" : "fail");
                json.WriteString("code", appraisal.Denial?.Code);
                JsonOutput.WriteArray(
                    json,
                    "claims",
                    appraisal.Claims,
                    (item, claim) =>
                    {
                        item.WriteString("name", claim.Name);
                        item.WriteString("verdict", Word(claim.Verdict));
                        item.WriteString("detail", claim.Detail);
                    }
                );
            }
        );
    }

    private static string Sign(ClaimVerdict verdict) =>
        TerminalText.Sign(
            verdict switch
            {
                ClaimVerdict.Pass => Verdict.Pass,
                ClaimVerdict.Fail => Verdict.Fail,
                _ => Verdict.Skipped,
            }
        );

    private static string Word(ClaimVerdict verdict) =>
        verdict switch
        {
            ClaimVerdict.Pass => "pass",
            ClaimVerdict.Fail => "fail",
            _ => "skipped",
        };

    private static Option<string> File(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "FILE",
            Required = true,
        };
}
