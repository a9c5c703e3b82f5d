using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Serilog;

namespace Lab.Controller.Wiring;

/// <summary>What a run is prepared from.</summary>
/// <param name="Request">What is to be run, on which rig and board.</param>
/// <param name="Folder">The run's folder.</param>
/// <param name="Say">Tells the user what is being done, one short line at a time; may be called from any thread.</param>
/// <param name="Log">The run's log file.</param>
/// <param name="Time">The clock.</param>
public sealed record RunSetup(RunRequest Request, RunFolder Folder, Action<string> Say, ILogger Log, TimeProvider Time)
{
    /// <summary>The rig.</summary>
    public Rig Rig => Request.Rig;

    /// <summary>The board, one of the rig's; the first one where there are several.</summary>
    public RigBoard Board => Request.Board;

    /// <summary>All boards of the run.</summary>
    public IReadOnlyList<RigBoard> Boards => Request.Boards;
}
