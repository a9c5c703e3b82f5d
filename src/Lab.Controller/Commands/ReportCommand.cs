using System.CommandLine;
using System.Text;
using Lab.Controller.Reports;
using Lab.Controller.Runs;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Controller.Tracing.Otlp;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab report RUN</c>: renders a run again from its record and evidence.</summary>
internal static class ReportCommand
{
    public static Command Create(LabEnvironment environment)
    {
        var run = new Argument<string>("RUN")
        {
            Description = "A run's id or the beginning of it, its folder, or 'last'.",
            DefaultValueFactory = _ => RunStore.Last,
        };
        var format = new Option<string>("--format") { Description = "What to write.", DefaultValueFactory = _ => "html" };
        format.AcceptOnlyFromAmong("html", "junit", "json", "otlp");
        var output = new Option<string?>("--out")
        {
            Description = "The file to write; standard output where none is named.",
            HelpName = "FILE",
        };
        var command = new Command("report", "Write the report of a run.") { run, format, output };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var folder = environment.Runs.Find(parsed.GetRequiredValue(run));
                var record = RunStore.Read(folder);
                var text = parsed.GetValue(format) switch
                {
                    "junit" => JUnitReport.Render(record),
                    "json" => Encoding.UTF8.GetString(RunJson.Write(record)),
                    "otlp" => Encoding.UTF8.GetString(
                        folder.TryRead(RunFolder.TraceFile)
                            ?? OtlpJson.Write(RunTrace.Of(record, [], KubernetesEventsFile.Read(folder)))
                    ),
                    _ => HtmlReport.Render(record, folder),
                };
                await (
                    parsed.GetValue(output) is { } file
                        ? File.WriteAllTextAsync(file, text, cancellationToken)
                        : environment.Output.WriteAsync(text.AsMemory(), cancellationToken)
                );
                return ExitCodes.Pass;
            }
        );
        return command;
    }
}
