using System.Globalization;
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
            Services = ReadServices(map.Map("services")),
            Target = map.Matching("target", RigSyntax.TargetPattern) ?? Rig.DefaultTarget,
            Pcrs = ReadPcrs(map.Map("attestation")),
            AttestationIntervalSeconds =
                map.Map("attestation")
                    ?.Number("interval", RigSyntax.LeastInterval, RigSyntax.MostInterval, Rig.DefaultAttestationInterval)
                ?? Rig.DefaultAttestationInterval,
            Cluster = ReadCluster(map.Map("cluster")),
            GitOps = ReadGitOps(map.Map("gitops"), file),
            Boards = ReadBoards(map, file),
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
        map is null ? new RigGitOps() : new RigGitOps(map.OneOf("engine") ?? RigGitOps.Embedded, ReadFolder(map, "fleet", file));

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

    private static List<RigBoard> ReadBoards(RigMap map, string file)
    {
        var boards = new List<RigBoard>();
        var names = new Dictionary<string, SourceMark>(StringComparer.Ordinal);
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in map.List("boards"))
        {
            var board = ReadBoard(new RigMap(item, RigSyntax.Board), file);
            if (!names.TryAdd(board.Name, board.At))
            {
                throw new RigException(
                    $"two boards are named '{board.Name}'; the first in line {names[board.Name].Line}",
                    $"{board.At}",
                    "name: must be unique in the rig"
                );
            }

            if (board.MacAddress is { } address && !addresses.TryAdd(address, board.Name))
            {
                throw new RigException(
                    $"'mac' of board '{board.Name}' is also that of '{addresses[address]}'; two such boards on one network do not work",
                    $"{board.At}",
                    "mac: must be unique in the rig; without it, one is chosen"
                );
            }

            boards.Add(board);
        }

        return boards.Count > 0
            ? boards
            : throw new RigException("the rig has no boards", $"{map.Where("boards")}", "boards: a list of at least one");
    }

    private static RigBoard ReadBoard(RigMap map, string file) =>
        new()
        {
            At = map.Where("name"),
            Name = map.Matching("name", RigSyntax.NamePattern)!,
            Driver = map.OneOf("driver")!,
            Memory = ReadMemory(map),
            Cpus = map.Number("cpus", 1, RigSyntax.MostCpus, otherwise: 1),
            HasTpm = map.OneOf("tpm") != "none",
            MacAddress = ReadMac(map),
            Clock = ReadClock(map),
            FirmwarePath = ReadFile(map, "firmware", file),
        };

    private static long ReadMemory(RigMap map)
    {
        if (map.Matching("memory", RigSyntax.MemoryPattern) is not { } text)
        {
            return RigBoard.DefaultMemory;
        }

        var size =
            long.Parse(text[..^3], CultureInfo.InvariantCulture) << (text.EndsWith("GiB", StringComparison.Ordinal) ? 30 : 20);
        return size is >= RigSyntax.LeastMemory and <= RigSyntax.MostMemory
            ? size
            : throw new RigException(
                $"'memory' cannot be {text}",
                $"{map.Where("memory")}",
                $"memory: from {RigSyntax.LeastMemory >> 20}MiB (what the boot chain needs) to {RigSyntax.MostMemory >> 30}GiB"
            );
    }

    private static DateTimeOffset? ReadClock(RigMap map)
    {
        if (map.Matching("clock", RigSyntax.ClockPattern) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment
        )
            ? moment
            : throw new RigException(
                $"'clock' {text} is not a moment",
                $"{map.Where("clock")}",
                "clock: such as 2001-02-03T04:05:06Z"
            );
    }

    private static string? ReadMac(RigMap map)
    {
        var address = map.Matching("mac", RigSyntax.MacPattern);
        if (address is null)
        {
            return null;
        }

        // IEEE 802: the lowest bit of the first octet marks a group address, which no station may have.
        return (Convert.ToByte(address[..2], 16) & 1) == 0
            ? address
            : throw new RigException(
                $"'mac' {address} is a group address",
                $"{map.Where("mac")}",
                "make its first byte even, such as 52"
            );
    }

    private static string? ReadFile(RigMap map, string key, string rigFile)
    {
        if (map.Text(key) is not { } name)
        {
            return null;
        }

        // A NUL cannot be part of a path; Path.Combine passes it on and the file system would throw.
        var path = name.Contains('\0', StringComparison.Ordinal)
            ? name
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(rigFile))!, name));
        return File.Exists(path)
            ? path
            : throw new RigException($"'{key}' names a file that is not there: {path}", $"{map.Where(key)}");
    }

    private static string? ReadFolder(RigMap map, string key, string rigFile)
    {
        if (map.Text(key) is not { } name)
        {
            return null;
        }

        var path = name.Contains('\0', StringComparison.Ordinal)
            ? name
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(rigFile))!, name));
        return Directory.Exists(path)
            ? path
            : throw new RigException($"'{key}' names a folder that is not there: {path}", $"{map.Where(key)}");
    }

    private static void CheckWiring(Rig rig, RigMap map)
    {
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
}
