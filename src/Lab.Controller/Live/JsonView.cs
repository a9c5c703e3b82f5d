using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Live;

/// <summary>One JSON object a line for each event of a run (docs/run-json.md).</summary>
internal sealed class JsonView(TextWriter output, string folder) : IRunView
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ShowAsync(IAsyncEnumerable<RunEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var runEvent in events.WithCancellation(cancellationToken))
        {
            await output.WriteLineAsync(Line(runEvent).AsMemory(), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    private string Line(RunEvent runEvent)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("at", runEvent.At);
            WriteEvent(json, runEvent);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private void WriteEvent(Utf8JsonWriter json, RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                json.WriteString("event", "run-started");
                json.WriteString("id", started.Id);
                json.WriteString("scenario", started.Scenario);
                if (started.Attack is not null)
                {
                    json.WriteString("attack", started.Attack);
                }

                json.WriteString("rig", started.Rig);
                json.WriteString("board", started.Board);
                json.WriteString("folder", folder);
                break;
            case RunEvent.StageStarted started:
                json.WriteString("event", "stage-started");
                json.WriteString("stage", started.Stage);
                break;
            case RunEvent.CheckMade made:
                json.WriteString("event", "check");
                json.WriteString("stage", made.Stage);
                WriteCheck(json, made.Check);
                break;
            case RunEvent.Progress progress:
                json.WriteString("event", "progress");
                json.WriteString("stage", progress.Stage);
                json.WriteString("text", progress.Text);
                break;
            case RunEvent.PhaseReached reached:
                json.WriteString("event", "phase");
                json.WriteString("name", reached.Phase.Name);
                json.WriteNumber("atMs", Milliseconds(reached.Phase.At));
                if (reached.Phase.Board is not null)
                {
                    json.WriteString("board", reached.Phase.Board);
                }

                break;
            case RunEvent.StageEnded ended:
                json.WriteString("event", "stage-ended");
                json.WriteString("stage", ended.Result.Name);
                WriteEnd(json, ended.Result.Verdict, ended.Result.Duration);
                if (ended.Result.Error is not null)
                {
                    json.WriteString("error", ended.Result.Error);
                }

                break;
            case RunEvent.RunEnded ended:
                json.WriteString("event", "run-ended");
                json.WriteString("id", ended.Record.Id);
                WriteEnd(json, ended.Record.Verdict, ended.Record.Duration);
                json.WriteString("folder", folder);
                break;
        }
    }

    private static void WriteCheck(Utf8JsonWriter json, CheckResult check)
    {
        json.WriteString("name", check.Name);
        json.WriteString("verdict", check.Verdict.Word());
        json.WriteString("detail", check.Detail);
        json.WriteStartArray("evidence");
        foreach (var file in check.Evidence)
        {
            json.WriteStringValue(file);
        }

        json.WriteEndArray();
    }

    private static void WriteEnd(Utf8JsonWriter json, Verdict verdict, TimeSpan duration)
    {
        json.WriteString("verdict", verdict.Word());
        json.WriteNumber("durationMs", Milliseconds(duration));
    }

    private static long Milliseconds(TimeSpan time) => (long)Math.Round(time.TotalMilliseconds);
}
