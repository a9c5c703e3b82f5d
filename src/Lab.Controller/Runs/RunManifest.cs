namespace Lab.Controller.Runs;

/// <summary>The shape of <c>manifest.json</c>, schema <c>hwlab.manifest/1</c>: what the run's folder held when the run ended.</summary>
internal sealed record RunManifest
{
    public const string CurrentSchema = "hwlab.manifest/1";

    public required string Schema { get; init; }
    public required string Run { get; init; }
    public required IReadOnlyList<Entry> Files { get; init; }

    internal sealed record Entry
    {
        public required string Path { get; init; }
        public required long Bytes { get; init; }
        public required string Sha256 { get; init; }
    }
}
