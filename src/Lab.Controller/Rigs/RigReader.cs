using System.Text;
using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>Reads rig files, and refuses at once what cannot be wired.</summary>
public static class RigReader
{
    /// <summary>Reads a rig file.</summary>
    /// <param name="file">The file; paths in it are relative to its folder.</param>
    /// <exception cref="RigException">It is missing, is not a rig, or describes something impossible; says where and what is allowed.</exception>
    public static Rig Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > 4L * YamlTree.MostCharacters)
            {
                throw new RigException("the file is too long for a rig", file);
            }

            var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return Parse(File.ReadAllText(file, encoding), file);
        }
        catch (DecoderFallbackException exception)
        {
            throw new RigException("the file is not UTF-8 text", file, inner: exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var what = exception is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such rig file"
                : exception.Message;
            throw new RigException(
                what,
                file,
                "'hwlab list rigs' shows the rigs there are; name another with --rig FILE",
                exception
            );
        }
    }

    internal static Rig Parse(string text, string file)
    {
        var map = new RigMap(YamlTree.Parse(text, file), RigSyntax.Rig);
        var rig = new Rig
        {
            Name = map.Matching("rig", RigSyntax.NamePattern)!,
            File = file,
            Network = ReadNetwork(map.Map("network")),
            HostInterface = map.Map("network")?.Matching("interface", RigSyntax.InterfacePattern),
            Services = ReadServices(map.Map("services")),
            Target = map.Matching("target", RigSyntax.TargetPattern) ?? Rig.DefaultTarget,
            Pcrs = ReadPcrs(map.Map("attestation")),
            AttestationIntervalSeconds =
                map.Map("attestation")
                    ?.Number("interval", RigSyntax.LeastInterval, RigSyntax.MostInterval, Rig.DefaultAttestationInterval)
                ?? Rig.DefaultAttestationInterval,
            Cluster = ReadCluster(map.Map("cluster")),
            GitOps = ReadGitOps(map.Map("gitops"), file),
            Boards = BoardReader.Read(map, file),
        };
        CheckWiring(rig, map);
        return rig;
    }

    private static NetworkMode ReadNetwork(RigMap? map) =>
        map?.OneOf("mode") switch
        {
            "segment" => NetworkMode.Segment,
            "user" => NetworkMode.User,
            _ => NetworkMode.Auto,
        };

    private static RigServices ReadServices(RigMap? map) =>
        map is null
            ? new RigServices()
            : new RigServices(
                map.Flag("netboot", otherwise: true),
                map.Flag("registry", otherwise: true),
                map.Flag("tuf", otherwise: true),
                map.Flag("attestation", otherwise: true),
                map.Flag("cluster", otherwise: true),
                map.Flag("git", otherwise: true)
            );

    private static RigCluster ReadCluster(RigMap? map) =>
        map is null
            ? new RigCluster()
            : new RigCluster(
                map.OneOf("flavor") is { } flavor and not "auto" ? flavor : null,
                map.Matching("version", RigSyntax.VersionPattern),
                map.Matching("sha256", RigSyntax.Sha256Pattern),
                map.Text("mirror"),
                map.Number("certificate", RigSyntax.LeastCertificate, RigSyntax.MostCertificate, RigCluster.DefaultCertificate)
            );

    private static RigGitOps ReadGitOps(RigMap? map, string file) =>
        map is null
            ? new RigGitOps()
            : new RigGitOps(map.OneOf("engine") ?? RigGitOps.Embedded, RigPaths.ReadFolder(map, "fleet", file));

    private static int[] ReadPcrs(RigMap? map)
    {
        var pcrs = new SortedSet<int>();
        foreach (var item in map?.List("pcrs") ?? [])
        {
            var pcr = map!.Number("pcrs", item, 0, 23);
            if (pcr is 16 or 23)
            {
                // TCG PC Client Platform TPM Profile, table of PCR attributes: 16 and 23 are resettable at locality 0.
                throw new RigException(
                    $"PCR {pcr} can be reset by any program, so it proves nothing",
                    $"{item.At}",
                    "leave it out"
                );
            }

            if (!pcrs.Add(pcr))
            {
                throw new RigException($"PCR {pcr} is here twice", $"{item.At}", "remove one");
            }
        }

        return [.. pcrs];
    }

    private static void CheckWiring(Rig rig, RigMap map)
    {
        CheckNetwork(rig, map);
        if (rig.Services is { Cluster: true, Attestation: false } or { Cluster: true, Registry: false } && map.Has("cluster"))
        {
            throw new RigException(
                "nodes join the cluster by attestation and take their images from the registry, and the rig lacks one of them",
                $"{map.Where("cluster")}",
                "services: set attestation and registry to true, or remove the cluster"
            );
        }

        if (rig.Services is { Tuf: true, Registry: false })
        {
            throw new RigException(
                "a TUF target names a manifest in the registry, and the rig has none",
                $"{map.Where("services")}",
                "services: set registry to true, or tuf to false"
            );
        }

        if (map.Has("attestation") && !rig.Services.Attestation)
        {
            throw new RigException(
                "the rig has an attestation policy and offers no attestation",
                $"{map.Where("attestation")}",
                "services: set attestation to true, or remove the policy"
            );
        }

        if (map.Has("attestation") && rig.Boards.All(board => !board.HasTpm))
        {
            throw new RigException(
                "the rig has an attestation policy and no board has a TPM",
                $"{map.Where("attestation")}",
                "boards: give one 'tpm: swtpm', or remove the policy"
            );
        }
    }

    private static void CheckNetwork(Rig rig, RigMap map)
    {
        if (rig.HostInterface is null)
        {
            return;
        }

        if (rig.Network == NetworkMode.User)
        {
            throw new RigException(
                "QEMU's user network leads to no interface",
                $"{map.Map("network")!.Where("mode")}",
                "remove 'mode', or 'interface'"
            );
        }

        if (rig.Boards.FirstOrDefault(board => board.Wiring is null) is { } board)
        {
            throw new RigException(
                $"board '{board.Name}' is virtual, and the rig's network is an interface of this host",
                $"{board.At}",
                "describe virtual boards in a rig of their own"
            );
        }
    }
}
