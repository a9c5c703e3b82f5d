using Lab.Model.Runs;

namespace Lab.Controller.Live;

/// <summary>Shows a run while it goes.</summary>
internal interface IRunView
{
    /// <summary>Shows the events until the last one.</summary>
    Task ShowAsync(IAsyncEnumerable<RunEvent> events, CancellationToken cancellationToken);
}
