using System.CommandLine;
using System.Globalization;
using Lab.Controller.Live;
using Lab.Controller.Policies;
using Lab.Controller.Runs;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Trust.Attestation;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab attest …</c>: judges kept evidence by a policy, and opens signed statements; offline.</summary>
internal static class AttestCommand
{
    public static Command Create(LabEnvironment environment) =>
        new("attest", "Judge evidence, and read what a verifier said.") { Verify(environment), Statement(environment) };

    private static Command Verify(LabEnvironment environment)
    {
        var folder = new Argument<string>("EVIDENCE") { Description = "A board's folder in a run: RUN/boards/BOARD." };
        var policy = new Option<string>("--policy")
        {
            Description = "What is accepted; docs/trust.md says how to write it.",
            HelpName = "FILE",
            Required = true,
        };
        var at = At("The time to judge for; else that of the verifier's statement, or now without one.");
        var json = CommonOptions.Json();
        var command = new Command("verify", "Judge a board's evidence by a policy.") { folder, policy, at, json };
        command.SetAction(parsed =>
        {
            var accepted = PolicyReader.Read(parsed.GetRequiredValue(policy));
            var path = FindEvidence(parsed.GetRequiredValue(folder));
            var evidence = TrustErrors.Translate(path, () => EvidenceBundle.Read(path));
            var statement = TrustErrors.Translate(path, () => EvidenceBundle.ReadStatement(path));
            var appraisal = OfflineVerifier.Appraise(
                evidence,
                statement,
                accepted,
                ParseTime(parsed.GetValue(at)),
                TimeProvider.System.GetUtcNow()
            );
            Tell(environment, appraisal.Claims, appraisal.Denial, appraisal.IsTrusted, parsed.GetValue(json));
            return appraisal.IsTrusted ? ExitCodes.Pass : ExitCodes.BoardFailed;
        });
        return command;
    }

    private static Command Statement(LabEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = $"The envelope, such as {EvidenceBundle.StatementFile}." };
        var key = new Option<string[]>("--key")
        {
            Description = "A trusted verifier's public key (PEM); may be given more than once.",
            HelpName = "FILE",
            Required = true,
        };
        var at = At("The time it must be valid at; else now.");
        var json = CommonOptions.Json();
        var command = new Command("statement", "Check a verifier's signed statement and show it.") { file, key, at, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var keys = parsed.GetRequiredValue(key).Select(one => System.Text.Encoding.UTF8.GetString(TrustErrors.Read(one)));
            var envelope = TrustErrors.Read(path);
            AppraisalStatement statement;
            try
            {
                var now = ParseTime(parsed.GetValue(at)) ?? TimeProvider.System.GetUtcNow();
                statement = StatementVerifier.Open(envelope, [.. keys], now);
            }
            catch (StatementException exception)
            {
                environment.Error.WriteLine($"hwlab: {exception.Message}");
                return ExitCodes.BoardFailed;
            }

            if (!parsed.GetValue(json))
            {
                environment.Output.WriteLine(
                    $"{statement.Verifier} on {statement.Board}, {statement.IssuedAt:u} to {statement.ExpiresAt:u}"
                );
            }

            Tell(environment, statement.Claims, statement.Denial, statement.IsTrusted, parsed.GetValue(json));
            return statement.IsTrusted ? ExitCodes.Pass : ExitCodes.BoardFailed;
        });
        return command;
    }

    /// <summary>The folder itself, or the only board's folder of a run.</summary>
    private static string FindEvidence(string folder)
    {
        var boards = Path.Combine(folder, RunFolder.Boards);
        if (!Directory.Exists(boards))
        {
            return folder;
        }

        var names = Directory.GetDirectories(boards).Order(StringComparer.Ordinal).ToList();
        return names is [var only]
            ? only
            : throw new RigException($"the run has {names.Count} boards", folder, $"name one of: {string.Join(", ", names)}");
    }

    private static DateTimeOffset? ParseTime(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new RigException($"'{text}' is not a time", "--at", "such as 2026-03-01T12:00:00Z");
    }

    private static void Tell(LabEnvironment environment, IReadOnlyList<Claim> claims, Denial? denial, bool isTrusted, bool asJson)
    {
        if (!asJson)
        {
            TextTable.Write(
                environment.Output,
                [.. claims.Select(claim => (IReadOnlyList<string>)[Sign(claim.Verdict), claim.Name, claim.Detail])]
            );
            environment.Output.WriteLine(isTrusted ? "trusted" : $"denied ({denial?.Code}): {denial?.Detail}");
            return;
        }

        JsonOutput.Write(
            environment.Output,
            json =>
            {
                json.WriteString("verdict", isTrusted ? "pass" : "fail");
                json.WriteString("code", denial?.Code);
                JsonOutput.WriteArray(
                    json,
                    "claims",
                    claims,
                    (item, claim) =>
                    {
                        item.WriteString("name", claim.Name);
                        item.WriteString("verdict", Word(claim.Verdict));
                        item.WriteString("detail", claim.Detail);
                        item.WriteString("evidence", claim.Evidence);
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

    private static Option<string?> At(string description) => new("--at") { Description = description, HelpName = "TIME" };
}
