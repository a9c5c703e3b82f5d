using System.Globalization;
using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>Reads the boards of a rig.</summary>
internal static class BoardReader
{
    /// <exception cref="RigException">A board cannot be wired so, or two of them are the same one.</exception>
    public static IReadOnlyList<RigBoard> Read(RigMap rig, string file)
    {
        var templates = new RigTemplates(rig.Node("templates"));
        var boards = new List<RigBoard>();
        foreach (var item in rig.List("boards"))
        {
            var board = ReadBoard(new RigMap(templates.Apply(item), RigSyntax.Board), file);
            foreach (var other in boards)
            {
                DemandDifferent(other, board);
            }

            boards.Add(board);
        }

        return boards.Count > 0
            ? boards
            : throw new RigException("the rig has no boards", $"{rig.Where("boards")}", "boards: a list of at least one");
    }

    private static RigBoard ReadBoard(RigMap map, string file)
    {
        var driver =
            map.OneOf("driver")
            ?? throw new RigException(
                "the board lacks the key 'driver'",
                $"{map.At}",
                $"driver: one of: {string.Join(", ", RigSyntax.Drivers)}; a template may have it"
            );
        var taken = driver == RigBoard.WiredDriver ? RigSyntax.WiredKeys : RigSyntax.VirtualKeys;
        if (RigSyntax.Board.Keys.FirstOrDefault(key => map.Has(key.Name) && !taken.Contains(key.Name)) is { } strange)
        {
            throw new RigException(
                $"a board of driver '{driver}' has no '{strange.Name}'",
                $"{map.Where(strange.Name)}",
                $"its keys: {string.Join(", ", taken)}"
            );
        }

        return driver == RigBoard.WiredDriver ? ReadWired(map, file) : ReadVirtual(map, file);
    }

    private static RigBoard ReadVirtual(RigMap map, string file) =>
        new()
        {
            At = map.Where("name"),
            Name = map.Matching("name", RigSyntax.NamePattern)!,
            Driver = RigBoard.VirtualDriver,
            Memory = ReadMemory(map),
            Cpus = map.Number("cpus", 1, RigSyntax.MostCpus, otherwise: 1),
            HasTpm = map.Word("tpm", RigSyntax.Tpms) != "none",
            MacAddress = ReadMac(map),
            Clock = ReadClock(map),
            FirmwarePath = RigPaths.ReadFile(map, "firmware", file),
        };

    private static RigBoard ReadWired(RigMap map, string file)
    {
        var tpm = ReadTpm(map, file);
        return new()
        {
            At = map.Where("name"),
            Name = map.Matching("name", RigSyntax.NamePattern)!,
            Driver = RigBoard.WiredDriver,
            HasTpm = tpm is not null,
            MacAddress =
                ReadMac(map)
                ?? throw new RigException(
                    "the board lacks the key 'mac', by which the services know it",
                    $"{map.At}",
                    "add 'mac:' with the address on its label, in lower case"
                ),
            FirmwarePath = RigPaths.ReadFile(map, "firmware", file),
            Wiring = new RigWiring
            {
                Power = map.Node("power") is { } power ? DriverSections.ReadPower(power) : null,
                Consoles = map.Node("console") is { } console ? DriverSections.ReadConsoles(console) : [],
                Tpm = tpm,
                Files = ReadFiles(map, file),
            },
        };
    }

    private static RigTpm? ReadTpm(RigMap map, string file)
    {
        if (map.Node("tpm") is not YamlNode.Map node)
        {
            _ = map.Word("tpm", ["none"]);
            return null;
        }

        var tpm = new RigMap(node, RigSyntax.InstalledTpm);
        return new RigTpm(
            RigPaths.Resolve(tpm.Text("certificate")!, file),
            RigPaths.Resolve(tpm.Text("authority")!, file),
            node.At
        );
    }

    private static RigFirmwareFiles? ReadFiles(RigMap map, string file)
    {
        if (map.Node("boot-loader") is not { } node)
        {
            return null;
        }

        var loader = new RigMap(node, RigSyntax.BootLoader);
        return new RigFirmwareFiles(
            loader.Matching("prefix", RigSyntax.PrefixPattern)!,
            RigPaths.Resolve(loader.Text("files")!, file),
            node.At
        );
    }

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

    private static void DemandDifferent(RigBoard first, RigBoard second)
    {
        if (first.Name == second.Name)
        {
            throw new RigException(
                $"two boards are named '{second.Name}'; the first in line {first.At.Line}",
                $"{second.At}",
                "name: must be unique in the rig"
            );
        }

        if (first.MacAddress is { } address && address == second.MacAddress)
        {
            throw new RigException(
                $"'mac' of board '{second.Name}' is also that of '{first.Name}'; two such boards on one network do not work",
                $"{second.At}",
                "mac: must be unique in the rig; without it, one is chosen for a virtual board"
            );
        }

        // Commands are compared by nobody: what two of them switch is their own affair.
        if (first.Wiring?.Power?.Outlet is { } outlet && outlet.Equals(second.Wiring?.Power?.Outlet))
        {
            throw new RigException(
                $"boards '{first.Name}' and '{second.Name}' hang on the same outlet",
                second.Wiring!.Power!.At,
                "give each board its own"
            );
        }

        if (
            second.Wiring?.Consoles.FirstOrDefault(console =>
                first.Wiring?.Consoles.Any(other => other.Line.Equals(console.Line)) == true
            ) is
            { } shared
        )
        {
            throw new RigException(
                $"boards '{first.Name}' and '{second.Name}' have the same console line",
                shared.At,
                "give each board its own"
            );
        }
    }
}
