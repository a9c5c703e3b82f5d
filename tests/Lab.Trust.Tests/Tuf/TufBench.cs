using System.Text.Json.Nodes;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Trust.Tests.Tuf;

/// <summary>A published repository, the private keys of its roles, a clock, and a client with a store of its own.</summary>
internal sealed class TufBench : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-tuf-");

    public TufBench(int keys = 1, int threshold = 1)
    {
        Time = new FakeTimeProvider(Start);
        foreach (var role in TufRoles.TopLevel)
        {
            Signers[role] = [.. Enumerable.Range(0, keys).Select(_ => EcdsaTufSigner.Create())];
        }
        Repository = TufRepository.Create(
            Folder,
            TufRoles.TopLevel.ToDictionary(
                role => role,
                role => new TufRolePlan(
                    [.. Signers[role].Select(signer => signer.Key)],
                    threshold,
                    role == TufRoles.Timestamp ? TimeSpan.FromDays(1) : TimeSpan.FromDays(30)
                ),
                StringComparer.Ordinal
            ),
            Signers.Values.SelectMany(signers => signers),
            Time
        );
        Fetcher = new MapFetcher(Folder);
        TufClient.Initialize(Store, Repository.ReadRoot());
    }

    public FakeTimeProvider Time { get; }

    public Dictionary<string, List<ITufSigner>> Signers { get; } = new(StringComparer.Ordinal);

    public TufRepository Repository { get; }

    public MapFetcher Fetcher { get; }

    public MemoryTufStore Store { get; } = new();

    public string Folder => Path.Combine(_folder.FullName, "metadata");

    public TufClientOptions Options { get; set; } = new();

    /// <summary>A new client over the same store, as after a restart.</summary>
    public TufClient Client(ITufStore? store = null) => new(Fetcher, store ?? Store, Options with { Time = Time });

    public Task<TufVersions> RefreshAsync() => Client().RefreshAsync(default);

    public Task<TufTarget> FindAsync(string path) => Client().FindTargetAsync(path, default);

    /// <summary>Signs what an attacker, or a repository of another make, would: the file of a role, changed.</summary>
    public byte[] Forge(string file, Action<JsonObject> change, params IEnumerable<ITufSigner> signers)
    {
        var signed = (JsonObject)Read(file)["signed"]!;
        change(signed);
        return MetadataFile.Sign(signed, signers);
    }

    public JsonObject Read(string file) => (JsonObject)JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, file)))!;

    public void Dispose() => _folder.Delete(recursive: true);
}
