using System.Globalization;
using Lab.Testing.Fakes;
using Lab.Testing.Replay;

switch (args)
{
    case ["replay", var log, var times, var speed]:
        var recording = Recording.Read(log, times);
        var replayer = new Replayer(recording, double.Parse(speed, CultureInfo.InvariantCulture), TimeProvider.System);
        await using (var output = Console.OpenStandardOutput())
        await using (var input = Console.OpenStandardInput())
        {
            await replayer.PlayAsync(output, input, CancellationToken.None);
        }

        return 0;
    case ["fake", var kind, .. var settings]:
        return await FakeProgram.RunAsync(kind, settings, CancellationToken.None);
    default:
        Console.Error.WriteLine("usage: Lab.Testing replay LOG TIMES SPEED | fake KIND [KEY=VALUE]...");
        return 2;
}
