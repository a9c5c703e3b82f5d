using System.Runtime.CompilerServices;

namespace Lab.Host.Machine;

/// <summary>How fast this machine runs a small interpreter just now, other work on it counted in.</summary>
/// <param name="Measured">What the probe took.</param>
public sealed record HostSpeed(TimeSpan Measured)
{
    /// <summary>
    /// What the probe takes on the reference machine: one of two cores of a 2020s server, idle, where a virtual board is attested in 25 s.
    /// </summary>
    public static readonly TimeSpan Reference = TimeSpan.FromMilliseconds(15);

    private const int Rounds = 3;
    private const double SlowestScale = 20;

    /// <summary>The factor for deadlines: 1 on the reference machine or a faster one, 2 on one half as fast; at most 20.</summary>
    public double Scale => Math.Clamp(Measured / Reference, 1, SlowestScale);

    /// <summary>Measures it, on a thread of its own: the median of three runs, some 45 ms together on the reference machine.</summary>
    public static Task<HostSpeed> MeasureAsync(TimeProvider time) =>
        Task.Factory.StartNew(
            () => Measure(time),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static HostSpeed Measure(TimeProvider time)
    {
        var program = CreateProgram();
        Interpret(program, steps: 1000);
        var runs = new TimeSpan[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var start = time.GetTimestamp();
            Interpret(program, steps: 2_000_000);
            runs[round] = time.GetElapsedTime(start);
        }
        Array.Sort(runs);
        return new HostSpeed(runs[Rounds / 2]);
    }

    private static byte[] CreateProgram()
    {
        var program = new byte[4096];
        for (var index = 0; index < program.Length; index++)
            program[index] = (byte)((index * 167 + 13) >> 3);
        return program;
    }

    /// <summary>Fetch, decode, branch: what an emulator's host does all day, without the vector units that emulation cannot use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static uint Interpret(byte[] program, int steps)
    {
        var accumulator = 1u;
        var counter = 0u;
        for (var step = 0; step < steps; step++)
        {
            var instruction = program[counter & 4095];
            switch (instruction & 3)
            {
                case 0:
                    accumulator += instruction;
                    break;
                case 1:
                    accumulator ^= accumulator << 5;
                    break;
                case 2:
                    accumulator = (accumulator >> 3) | (accumulator << 29);
                    break;
                default:
                    counter += accumulator & 15;
                    break;
            }
            counter++;
        }
        return accumulator;
    }
}
