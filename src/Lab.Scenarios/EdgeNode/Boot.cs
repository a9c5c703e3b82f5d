using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Progress;

namespace Lab.Scenarios.EdgeNode;

/// <summary>One boot of the board, from power-on (or reset) on: how far it got, read off its console.</summary>
internal sealed class Boot(RunContext context)
{
    private readonly IConsole _console = context.Board.Require<IConsole>();

    /// <summary>How many appraisals there were before this boot.</summary>
    public int AppraisalsBefore { get; private set; }

    /// <summary>How many decisions on certificate requests in the board's name there were before this boot.</summary>
    public int DecisionsBefore { get; private set; }

    private ProgressReader _progress = new(context.Board.Require<IConsole>(), 0);

    /// <summary>Passes over decisions that others caused in the board's name.</summary>
    public void SkipDecisions(int count) => DecisionsBefore += count;

    /// <summary>Gives power; the zero of the boot's time line.</summary>
    public async Task PowerOnAsync(CancellationToken cancellationToken)
    {
        _progress = new ProgressReader(_console, _console.Position);
        DecisionsBefore = context.Services.Find<INodeAdmission>()?.CountDecisions(context.Board.Name) ?? 0;
        AppraisalsBefore = context.Services.Require<IAttestation>().Count(context.Board.Name);
        context.Recorder.PoweredOn(context.Time.GetUtcNow());
        await context.Board.Require<IPower>().OnAsync(cancellationToken);
    }

    /// <summary>Cuts the power and gives it again, for a second boot of the same board.</summary>
    public async Task PowerCycleAsync(CancellationToken cancellationToken)
    {
        await context.Board.Require<IPower>().CutAsync(cancellationToken);
        await PowerOnAsync(cancellationToken);
    }

    /// <summary>Waits for something the firmware prints, which speaks no progress events.</summary>
    public async Task<ConsoleMatch> ExpectAsync(ConsolePattern pattern, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var match = await _console.ExpectAsync(pattern, _progress.Position, deadline, cancellationToken);
        _progress.SkipTo(match.End);
        return match;
    }

    /// <summary>Reads on until the named event; what comes before is handed to <paramref name="onTheWay"/>.</summary>
    /// <exception cref="BoardException">The board refused or was denied first.</exception>
    public async Task<ProgressEvent> ReachAsync(
        string stage,
        string name,
        TimeSpan deadline,
        CancellationToken cancellationToken,
        Action<ProgressEvent>? onTheWay = null
    )
    {
        var progress = await EndOrReachAsync(stage, name, deadline, cancellationToken, onTheWay);
        return progress.Is(stage, name) ? progress : throw Ended(progress);
    }

    /// <summary>Reads on until the named event, a refusal of the boot agent, a denial of the node's attester or a refused join.</summary>
    public async Task<ProgressEvent> EndOrReachAsync(
        string stage,
        string name,
        TimeSpan deadline,
        CancellationToken cancellationToken,
        Action<ProgressEvent>? onTheWay = null
    )
    {
        while (true)
        {
            var progress = await _progress.NextAsync(deadline, cancellationToken);
            if (progress.Is(stage, name) || EndsTheBoot(progress))
            {
                return progress;
            }

            onTheWay?.Invoke(progress);
        }
    }

    /// <summary>Waits for something that others tell of the board, unless the board ends before: it refuses, is denied, or loses power.</summary>
    /// <exception cref="BoardException">The board refused, was denied or switched itself off.</exception>
    /// <exception cref="ConsoleClosedException">Its power was cut.</exception>
    public async Task<T> UnlessItEndsAsync<T>(Func<CancellationToken, Task<T>> wait, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = wait(ending.Token);
        var watching = SeeTheEndAsync(ending.Token);
        var first = await Task.WhenAny(waiting, watching);
        await ending.CancelAsync();
        await Task.WhenAll((Task)waiting, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What others tell says more, where both came at once.
        return first == waiting || waiting.IsCompletedSuccessfully ? await waiting : throw await watching;
    }

    private async Task<Exception> SeeTheEndAsync(CancellationToken cancellationToken)
    {
        // A reader of its own: the boot's own goes on where it is.
        var progress = new ProgressReader(_console, _progress.Position);
        while (true)
        {
            var told = await progress.NextAsync(TimeSpan.FromDays(1), cancellationToken);
            if (EndsTheBoot(told))
            {
                return Ended(told);
            }
        }
    }

    private BoardException Ended(ProgressEvent progress)
    {
        context.Recorder.Refused(progress["code"]);
        return new BoardException(
            $"the board said {progress.Name} ({progress["code"]}): {progress["detail"]}",
            context.Board.Name,
            "the console log has the lines before it"
        );
    }

    private static bool EndsTheBoot(ProgressEvent progress) =>
        progress.Is("linuxboot", "refused") || progress.Is("node", "denied") || progress.Is("node", "join-refused");

    /// <summary>Runs one command in the target's shell and returns what the pattern's first group matched.</summary>
    public async Task<string> AskAsync(string command, string pattern, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var from = _console.Position;
        await _console.WriteAsync(System.Text.Encoding.UTF8.GetBytes(command + "\n"), cancellationToken);
        var match = await _console.ExpectAsync(ConsolePattern.Regex(pattern), from, deadline, cancellationToken);
        return match.Groups[1];
    }
}
