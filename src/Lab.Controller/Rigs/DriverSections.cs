using Lab.Hardware.Consoles;
using Lab.Hardware.Power;
using Lab.Hardware.Settings;
using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>Reads the sections of a board that a driver of <c>Lab.Hardware</c> takes.</summary>
internal static class DriverSections
{
    private const string DriverKey = "driver";

    /// <exception cref="RigException">The section is not one that its driver takes.</exception>
    public static PowerSettings ReadPower(YamlNode node) => PowerDrivers.Read(Section(node, "the power", PowerDrivers.Syntaxes));

    /// <summary>One console, or a list of them.</summary>
    /// <exception cref="RigException">A section is not one that its driver takes, or two have the same name.</exception>
    public static IReadOnlyList<ConsoleSettings> ReadConsoles(YamlNode node)
    {
        var consoles = new List<ConsoleSettings>();
        foreach (var item in node is YamlNode.List list ? list.Items : [node])
        {
            var console = ConsoleDrivers.Read(Section(item, "the console", ConsoleDrivers.Syntaxes));
            if (consoles.Exists(other => other.Options.Name == console.Options.Name))
            {
                throw new RigException(
                    $"two consoles of the board are named '{console.Options.Name}'",
                    $"{item.At}",
                    "name: must be unique on the board"
                );
            }

            consoles.Add(console);
        }

        return consoles.Count > 0
            ? consoles
            : throw new RigException(
                "the board has a list of no consoles",
                $"{node.At}",
                "console: one, or a list of at least one"
            );
    }

    private static DriverSection Section(YamlNode node, string what, IReadOnlyList<DriverSyntax> drivers)
    {
        var allowed = $"driver: one of: {string.Join(", ", drivers.Select(driver => driver.Name))}";
        if (node is not YamlNode.Map map)
        {
            throw new RigException($"{what} is {node.Kind}, where a mapping belongs", $"{node.At}", allowed);
        }

        var named = map.Entries.FirstOrDefault(entry => entry.Key.Value == DriverKey).Value;
        if (named is null)
        {
            throw new RigException($"{what} lacks the key 'driver'", $"{node.At}", allowed);
        }

        var syntax =
            drivers.FirstOrDefault(driver => named is YamlNode.Scalar { Value: var name } && driver.Name == name)
            ?? throw new RigException($"'driver' of {what} cannot be {named.Kind}", $"{named.At}", allowed);
        return new DriverSection(
            syntax,
            $"{node.At}",
            map.Entries.Where(entry => entry.Key.Value != DriverKey)
                .ToDictionary(entry => entry.Key.Value, entry => ValueOf(entry.Key, entry.Value), StringComparer.Ordinal)
        );
    }

    private static DriverValue ValueOf(YamlNode.Scalar key, YamlNode node) =>
        node switch
        {
            YamlNode.Scalar scalar => new DriverValue(scalar.Value, $"{scalar.At}"),
            YamlNode.List list when list.Items.All(item => item is YamlNode.Scalar) => new DriverValue(
                [.. list.Items.Cast<YamlNode.Scalar>().Select(item => item.Value)],
                $"{list.At}"
            ),
            _ => throw new RigException(
                $"'{key.Value}' cannot be {node.Kind}",
                $"{node.At}",
                $"{key.Value}: a value, or a list of words"
            ),
        };
}
