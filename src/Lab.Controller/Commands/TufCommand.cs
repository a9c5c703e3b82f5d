using System.CommandLine;
using Lab.Controller.Runs;
using Lab.Services.Tuf;
using Lab.Trust.Tuf;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab tuf repo …</c> makes and rotates a repository; <c>hwlab tuf client …</c> is a client for conformance suites.</summary>
internal static class TufCommand
{
    private static readonly string[] Roles = [TufRoles.Root, TufRoles.Targets, TufRoles.Snapshot, TufRoles.Timestamp];

    public static Command Create(LabEnvironment environment) =>
        new("tuf", "Make TUF repositories, and read them.")
        {
            new Command("repo", "Make, sign and rotate a repository in a folder.")
            {
                Change(
                    environment,
                    "init",
                    "Make keys and the first version of all roles.",
                    (folder, _) => folder.Initialise(TufRepositoryPlan.Default)
                ),
                Show(environment),
                Sign(environment),
                Rotate(environment),
                Add(environment),
                AddOci(environment),
                Remove(environment),
            },
            Client(environment),
        };

    private static Command Sign(LabEnvironment environment)
    {
        var roles = new Argument<string[]>("ROLE") { Description = "The roles to sign again.", Arity = ArgumentArity.OneOrMore };
        return Change(
            environment,
            "sign",
            "Sign roles again, with new versions and expiries.",
            (folder, parsed) => folder.Sign(parsed.GetRequiredValue(roles)),
            roles
        );
    }

    private static Command Rotate(LabEnvironment environment)
    {
        var role = new Argument<string>("ROLE") { Description = "The role that gets new keys." };
        role.AcceptOnlyFromAmong(Roles);
        return Change(
            environment,
            "rotate",
            "Give a role new keys.",
            (folder, parsed) =>
            {
                var name = parsed.GetRequiredValue(role);
                return folder.Rotate(name, TufRepositoryPlan.Default.Roles[name]);
            },
            role
        );
    }

    private static Command Add(LabEnvironment environment)
    {
        var (target, file) = (Target(), new Argument<string>("FILE") { Description = "The file with its bytes." });
        return Change(
            environment,
            "add",
            "Add or replace a target.",
            (folder, parsed) => folder.Add(parsed.GetRequiredValue(target), parsed.GetRequiredValue(file)),
            target,
            file
        );
    }

    private static Command AddOci(LabEnvironment environment)
    {
        var target = Target();
        var repository = new Argument<string>("REPOSITORY") { Description = "The OCI repository that holds it." };
        var manifest = new Argument<string>("MANIFEST") { Description = "The file with its OCI manifest." };
        return Change(
            environment,
            "add-oci",
            "Add or replace an OS target: the bytes of its OCI manifest.",
            (folder, parsed) =>
                folder.AddOci(
                    parsed.GetRequiredValue(target),
                    parsed.GetRequiredValue(repository),
                    parsed.GetRequiredValue(manifest)
                ),
            target,
            repository,
            manifest
        );
    }

    private static Command Remove(LabEnvironment environment)
    {
        var target = Target();
        return Change(
            environment,
            "remove",
            "Remove a target.",
            (folder, parsed) => folder.Remove(parsed.GetRequiredValue(target)),
            target
        );
    }

    private static Command Show(LabEnvironment environment)
    {
        var directory = Folder();
        var json = CommonOptions.Json();
        var command = new Command("show", "Show versions and targets.") { directory, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(directory);
            var folder = new TufRepositoryFolder(path, environment.Time);
            var (versions, targets) = TrustErrors.Translate(path, () => (folder.Versions(), folder.Targets()));
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(
                    environment.Output,
                    writer =>
                    {
                        WriteVersions(writer, versions);
                        JsonOutput.WriteArray(
                            writer,
                            "targets",
                            targets,
                            (item, target) =>
                            {
                                item.WriteString("name", target.Name);
                                item.WriteNumber("length", target.Length);
                                item.WriteString("sha256", target.Sha256);
                                item.WriteString("repository", target.Repository);
                            }
                        );
                    }
                );
                return;
            }

            Tell(environment, versions, asJson: false);
            TextTable.Write(
                environment.Output,
                [
                    .. targets.Select(target =>
                        (IReadOnlyList<string>)
                            [target.Name, $"{target.Length} bytes", "sha256:" + target.Sha256, target.Repository ?? ""]
                    ),
                ]
            );
        });
        return command;
    }

    private static Command Client(LabEnvironment environment)
    {
        var command = new Command(
            "client",
            "A client that speaks the protocol of the tuf-conformance suite: init, refresh, download."
        )
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var options = new TufClientOptions { Time = environment.Time };
                options = options with { Schemes = [.. options.Schemes, new Ed25519SignatureScheme()] };
                return TufConformanceClient.RunAsync(parsed.UnmatchedTokens, options, environment.Error, cancellationToken);
            }
        );
        return command;
    }

    private static Command Change(
        LabEnvironment environment,
        string name,
        string description,
        Func<TufRepositoryFolder, ParseResult, TufVersions> change,
        params Argument[] arguments
    )
    {
        var directory = Folder();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { directory, json };
        foreach (var argument in arguments)
        {
            command.Add(argument);
        }

        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(directory);
            var versions = TrustErrors.Translate(path, () => change(new TufRepositoryFolder(path, environment.Time), parsed));
            Tell(environment, versions, parsed.GetValue(json));
            return ExitCodes.Pass;
        });
        return command;
    }

    private static void Tell(LabEnvironment environment, TufVersions versions, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Write(environment.Output, json => WriteVersions(json, versions));
            return;
        }

        environment.Output.WriteLine(
            $"root {versions.Root}, timestamp {versions.Timestamp}, snapshot {versions.Snapshot}, targets {versions.Targets}"
        );
    }

    private static void WriteVersions(System.Text.Json.Utf8JsonWriter json, TufVersions versions)
    {
        json.WriteNumber("root", versions.Root);
        json.WriteNumber("timestamp", versions.Timestamp);
        json.WriteNumber("snapshot", versions.Snapshot);
        json.WriteNumber("targetsVersion", versions.Targets);
    }

    private static Argument<string> Folder() => new("DIR") { Description = "The repository's folder." };

    private static Argument<string> Target() => new("TARGET") { Description = "The target's name." };
}
