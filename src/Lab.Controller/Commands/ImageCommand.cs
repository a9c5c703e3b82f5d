using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Emulation.Images;
using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab image build …</c>: makes what boards boot, and says what came of it.</summary>
internal static class ImageCommand
{
    public static Command Create(LabEnvironment environment) =>
        new("image", "Build what boards boot.") { new Command("build", "Build an image.") { Node(environment) } };

    private static Command Node(LabEnvironment environment)
    {
        var kubernetes = new Option<string?>("--kubernetes")
        {
            Description =
                "A static arm64 program that is kubelet, kubeadm and kube-proxy by its name; without, those of the rig's cluster.",
            HelpName = "FILE",
        };
        var kernel = new Option<NodeKernel>("--kernel")
        {
            Description = "For virtual boards (cloud), or for others such as a Raspberry Pi 4 (generic).",
            DefaultValueFactory = _ => NodeKernel.Cloud,
        };
        var output = new Option<string?>("--out") { Description = "Also copy the root file system there.", HelpName = "FILE" };
        var refresh = new Option<bool>("--refresh") { Description = "Look for newer Debian packages." };
        var rig = CommonOptions.Rig();
        var mirror = CommonOptions.Mirror();
        var json = CommonOptions.Json();
        var command = new Command("node", "Build a cluster node: the same inputs give the same digests.")
        {
            rig,
            kubernetes,
            mirror,
            kernel,
            output,
            refresh,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var images = LabInstallation.FromEnvironment(environment.Folders).Images;
                var reporter = new PreparationReporter(line => environment.Error.WriteLine(line), environment.Time);
                var anew = parsed.GetValue(refresh);
                var parts = await images.PrepareAsync(reporter, anew, cancellationToken);
                var programs = parsed.GetValue(kubernetes) is { } named
                    ? NodePrograms.Combined(Path.GetFullPath(named))
                    : await KubernetesAsync(
                        environment,
                        RigFiles.ReadCluster(environment, parsed.GetValue(rig), parsed.GetValue(mirror)),
                        reporter,
                        anew,
                        cancellationToken
                    );
                var options = new NodeOptions(programs) { Kernel = parsed.GetValue(kernel) };
                var image = await images.BuildNodeAsync(parts, options, reporter, anew, cancellationToken);
                if (parsed.GetValue(output) is { } file)
                {
                    Copy(image.Root!.Path, file);
                }

                Tell(environment, image, parsed.GetValue(json));
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static async Task<NodePrograms> KubernetesAsync(
        LabEnvironment environment,
        RigCluster wanted,
        PreparationReporter reporter,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        await using var owner = ProcessOwner.Open(environment.Folders, environment.Time);
        var cluster = await ClusterParts.PrepareAsync(wanted, environment.Folders, owner, reporter, refresh, cancellationToken);
        return cluster.NodePrograms;
    }

    private static void Copy(string source, string target)
    {
        try
        {
            File.Copy(source, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RigException(exception.Message, target, "name a file that can be written", exception);
        }
    }

    private static void Tell(LabEnvironment environment, TargetImage image, bool asJson)
    {
        (string Kind, Artifact Part)[] layers =
        [
            ("kernel", image.Kernel),
            ("initrd", image.Initrd),
            ("root", image.Root!),
            ("cmdline", image.CommandLine),
        ];
        if (asJson)
        {
            JsonOutput.WriteList(environment.Output, "layers", layers, WriteLayer);
            return;
        }

        TextTable.Write(
            environment.Output,
            [
                .. layers.Select(layer =>
                    (IReadOnlyList<string>)
                        [
                            layer.Kind,
                            string.Create(CultureInfo.InvariantCulture, $"{layer.Part.Length / 1e6:F1} MB"),
                            layer.Part.Digest,
                        ]
                ),
            ]
        );
    }

    private static void WriteLayer(Utf8JsonWriter json, (string Kind, Artifact Part) layer)
    {
        json.WriteString("name", layer.Kind);
        json.WriteNumber("bytes", layer.Part.Length);
        json.WriteString("digest", layer.Part.Digest);
        json.WriteString("path", layer.Part.Path);
    }
}
