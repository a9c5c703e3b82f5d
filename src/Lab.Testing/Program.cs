using System.Globalization;
using Lab.Testing.Replay;

if (args is not ["replay", var log, var times, var speed])
{
    Console.Error.WriteLine("usage: Lab.Testing replay LOG TIMES SPEED");
    return 2;
}

var recording = Recording.Read(log, times);
var replayer = new Replayer(recording, double.Parse(speed, CultureInfo.InvariantCulture), TimeProvider.System);
await using var output = Console.OpenStandardOutput();
await using var input = Console.OpenStandardInput();
await replayer.PlayAsync(output, input, CancellationToken.None);
return 0;
