using System.Globalization;
using System.Text;
using Lab.Model.Boards;
using Lab.Testing.Boards;

namespace Lab.Testing.Tests.Boards;

/// <summary>Recordings in a folder of their own.</summary>
internal static class ReplayFiles
{
    public static string Write(string folder, params (int Milliseconds, string Text)[] steps)
    {
        var log = Path.Combine(folder, "console.log");
        var text = new StringBuilder();
        var times = new StringBuilder();
        foreach (var (milliseconds, said) in steps)
        {
            times.Append(CultureInfo.InvariantCulture, $"{1_700_000_000_000 + milliseconds} {text.Length} {said.Length}\n");
            text.Append(said);
        }

        File.WriteAllText(log, text.ToString());
        File.WriteAllText(Path.ChangeExtension(log, ".times"), times.ToString());
        return log;
    }

    public static Board Greeter(string folder) =>
        ReplayBoard.Open("replay-1", Write(folder, (0, "U-Boot 2023.01\r\n"), (5, "Hit any key\r\n"), (10, "=> ")), speed: 1);
}
