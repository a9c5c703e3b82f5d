using Lab.Controller.Runs;
using Lab.Model.Runs;
using Serilog;

namespace Lab.Controller.Tracing.Otlp;

/// <summary>Reads a run's events and, when it has ended, sends its trace to the collector that the environment names.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="log">The run's log.</param>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="time">The clock.</param>
internal sealed class TraceExport(RunFolder folder, ILogger log, Func<string, string?> variable, TimeProvider time)
{
    /// <summary>Waits for the run's end and sends the trace.</summary>
    /// <returns>A line for the user where that failed, else null. Never a reason for another verdict.</returns>
    public async Task<string?> FollowAsync(IAsyncEnumerable<RunEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var runEvent in events.WithCancellation(cancellationToken))
        {
            if (runEvent is RunEvent.RunEnded)
            {
                return await SendAsync(cancellationToken);
            }
        }

        return null;
    }

    private async Task<string?> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (OtlpSettings.Read(variable) is not { } settings || folder.TryRead(RunFolder.TraceFile) is not { } request)
            {
                return null;
            }

            // Neither a password before the host nor a key in the query.
            var where = settings.Endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
            if (await new OtlpExporter(settings, time).SendAsync(request, cancellationToken) is { } problem)
            {
                log.Warning("The trace was not taken by {Collector}: {Problem}", where, problem);
                return $"the trace was not taken by {where}: {problem}";
            }

            log.Information("The trace was sent to {Collector}", where);
            return null;
        }
        catch (Exception exception)
        {
            log.Warning(exception, "The trace was not sent");
            return $"the trace was not sent: {exception.Message}";
        }
    }
}
