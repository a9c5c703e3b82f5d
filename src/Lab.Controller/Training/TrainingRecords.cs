using System.Text.Json;
using Lab.Controller.Rigs;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Controller.Training;

/// <summary>
/// What is known of a rig's boards from their training. A real board that was never trained, or failed, is not handed out. Virtual boards are
/// exempt: each run makes them anew, so there is nothing that a training could find out about the next run.
/// </summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="rig">The rig's name.</param>
internal sealed class TrainingRecords(LabFolders folders, string rig)
{
    /// <summary>What a training left; null where there was none.</summary>
    public TrainingRecord? Find(string board)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(board)), TrainingJson.Default.TrainingRecord);
        }
        catch (Exception exception)
            when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException or UnauthorizedAccessException
            )
        {
            return null;
        }
    }

    /// <summary>In words: a grade, <c>never trained</c> or <c>exempt</c>.</summary>
    public string Describe(RigBoard board) =>
        board.Wiring is null ? "exempt"
        : Find(board.Name) is { } record ? record.Summary
        : "never trained";

    /// <summary>Keeps it.</summary>
    public void Keep(TrainingRecord record)
    {
        var path = PathOf(record.Board);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(record, TrainingJson.Default.TrainingRecord));
    }

    /// <summary>Refuses a board that may not be handed out.</summary>
    /// <exception cref="RigException">It was never trained, or failed.</exception>
    public void Demand(RigBoard board)
    {
        if (board.Wiring is not null && Find(board.Name) is not { Passes: true })
        {
            throw new RigException(
                $"board '{board.Name}' is not handed out: {Describe(board)}",
                $"{board.At}",
                "'hwlab doctor --rig FILE --exercise' trains it; --untrained takes it all the same"
            );
        }
    }

    private string PathOf(string board) => Path.Combine(folders.Board(rig, board), "training.json");
}
