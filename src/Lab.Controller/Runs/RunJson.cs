using System.Text.Encodings.Web;
using System.Text.Json;
using Lab.Model.Errors;
using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>Writes and reads <c>run.json</c>.</summary>
public static class RunJson
{
    /// <summary>The most bytes that a record is read from; a run of hundreds of checks needs a hundredth.</summary>
    public const int MostBytes = 16 << 20;

    private static readonly RunJsonContext Context = new(
        new JsonSerializerOptions(RunJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>The record as UTF-8 JSON, ending in a newline.</summary>
    public static byte[] Write(RunRecord record) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(ToDocument(record), Context.RunDocument), (byte)'\n'];

    /// <summary>Reads a record of this version of the schema.</summary>
    /// <param name="json">The bytes of a <c>run.json</c>.</param>
    /// <param name="where">Its path, for the error.</param>
    /// <exception cref="RigException">It is not such a record.</exception>
    public static RunRecord Read(ReadOnlySpan<byte> json, string where)
    {
        try
        {
            var document = json.Length <= MostBytes ? JsonSerializer.Deserialize(json, Context.RunDocument) : null;
            return document?.Schema == RunDocument.CurrentSchema
                ? FromDocument(document)
                : throw new RigException($"this is not a record of schema {RunDocument.CurrentSchema}", where);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException)
        {
            throw new RigException($"this is not a run's record: {exception.Message}", where, inner: exception);
        }
    }

    internal static byte[] Write(RunManifest manifest) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(manifest, Context.RunManifest), (byte)'\n'];

    internal static RunManifest? ReadManifest(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Context.RunManifest);

    private static RunDocument ToDocument(RunRecord record) =>
        new()
        {
            Schema = RunDocument.CurrentSchema,
            Id = record.Id,
            Scenario = record.Scenario,
            Attack = record.Attack,
            Rig = record.Rig,
            Board = record.Board,
            Verdict = record.Verdict.Word(),
            StartedAt = record.StartedAt,
            DurationMs = Milliseconds(record.Duration),
            Stages = [.. record.Stages.Select(ToDocument)],
            Phases =
            [
                .. record.Phases.Select(phase => new RunDocument.PhaseDocument
                {
                    Name = phase.Name,
                    AtMs = Milliseconds(phase.At),
                    Board = phase.Board,
                }),
            ],
            Pcrs = [.. record.Pcrs.Select(ToDocument)],
            Refusals = record.Refusals.Count == 0 ? null : [.. record.Refusals.Select(ToDocument)],
            Attacks = record.Attacks.Count == 0 ? null : [.. record.Attacks.Select(ToDocument)],
            Facts = record.Facts,
        };

    private static RunDocument.StageDocument ToDocument(StageResult stage) =>
        new()
        {
            Name = stage.Name,
            Verdict = stage.Verdict.Word(),
            StartedAt = stage.StartedAt,
            DurationMs = Milliseconds(stage.Duration),
            Error = stage.Error,
            Checks =
            [
                .. stage.Checks.Select(check => new RunDocument.CheckDocument
                {
                    Name = check.Name,
                    Verdict = check.Verdict.Word(),
                    Detail = check.Detail,
                    Evidence = check.Evidence,
                }),
            ],
        };

    private static RunDocument.PcrDocument ToDocument(PcrComparison pcr) =>
        new()
        {
            Index = pcr.Index,
            Predicted = pcr.Predicted,
            Quoted = pcr.Quoted,
            Match = pcr.IsMatch(),
            Meaning = pcr.Meaning,
        };

    private static RunDocument.RefusalDocument ToDocument(SeenRefusal refusal) =>
        new() { Stage = refusal.Stage, Code = refusal.Code };

    private static RunDocument.AttackDocument ToDocument(AttackResult attack) =>
        new()
        {
            Name = attack.Name,
            Summary = attack.Summary,
            Class = attack.Class,
            Expected = ToDocument(attack.Expected),
            Seen = attack.Seen is null ? null : ToDocument(attack.Seen),
            Verdict = attack.Verdict.Word(),
            Detail = attack.Detail,
            Board = attack.Board,
            DurationMs = Milliseconds(attack.Duration),
            Folder = attack.Folder,
        };

    private static RunRecord FromDocument(RunDocument document) =>
        new()
        {
            Id = document.Id,
            Scenario = document.Scenario,
            Attack = document.Attack,
            Rig = document.Rig,
            Board = document.Board,
            Verdict = Verdicts.Parse(document.Verdict),
            StartedAt = document.StartedAt,
            Duration = Time(document.DurationMs),
            Stages = [.. Items(document.Stages).Select(FromDocument)],
            Phases =
            [
                .. Items(document.Phases).Select(phase => new BootPhase(phase.Name, Time(phase.AtMs)) { Board = phase.Board }),
            ],
            Pcrs = [.. Items(document.Pcrs).Select(pcr => new PcrComparison(pcr.Index, pcr.Predicted, pcr.Quoted, pcr.Meaning))],
            Refusals = [.. Items(document.Refusals).Select(FromDocument)],
            Attacks = [.. Items(document.Attacks).Select(FromDocument)],
            Facts = document.Facts ?? new Dictionary<string, string>(StringComparer.Ordinal),
        };

    private static StageResult FromDocument(RunDocument.StageDocument stage) =>
        new(
            stage.Name,
            Verdicts.Parse(stage.Verdict),
            stage.StartedAt,
            Time(stage.DurationMs),
            [
                .. Items(stage.Checks)
                    .Select(check => new CheckResult(
                        check.Name,
                        Verdicts.Parse(check.Verdict),
                        check.Detail,
                        Items(check.Evidence)
                    )),
            ],
            stage.Error
        );

    private static SeenRefusal FromDocument(RunDocument.RefusalDocument refusal) => new(refusal.Stage, refusal.Code);

    private static AttackResult FromDocument(RunDocument.AttackDocument attack) =>
        new()
        {
            Name = attack.Name,
            Summary = attack.Summary,
            Class = attack.Class,
            Expected = FromDocument(attack.Expected),
            Seen = attack.Seen is null ? null : FromDocument(attack.Seen),
            Verdict = Verdicts.Parse(attack.Verdict),
            Detail = attack.Detail,
            Board = attack.Board,
            Duration = Time(attack.DurationMs),
            Folder = attack.Folder,
        };

    /// <summary>A list as read: one that was left out is empty, and none of its items may be null.</summary>
    private static IReadOnlyList<TItem> Items<TItem>(IReadOnlyList<TItem>? items)
        where TItem : class =>
        items is null ? []
        : items.All(item => item is not null) ? items
        : throw new FormatException("null is no item of a list");

    private static long Milliseconds(TimeSpan time) => (long)Math.Round(time.TotalMilliseconds);

    private static TimeSpan Time(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds, 0);
}
