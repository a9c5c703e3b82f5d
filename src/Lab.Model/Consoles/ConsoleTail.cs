namespace Lab.Model.Consoles;

internal static class ConsoleTail
{
    public static string Format(IReadOnlyList<string> lines) =>
        lines.Count == 0
            ? "; the console said nothing"
            : "; last lines:\n" + string.Join('\n', lines.Select(line => "  | " + line));
}
