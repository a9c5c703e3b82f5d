using Lab.Services.Tuf;
using Lab.Trust.Tuf;

namespace Lab.Services.Tests.Tuf;

/// <summary>The board's client, reading what a run serves.</summary>
internal sealed class TestTufClient(RunTufRepository run) : ITufFetcher
{
    public static Task<TufTarget> ResolveAsync(
        RunTufRepository run,
        byte[] root,
        ITufStore store,
        string target,
        TimeProvider time
    )
    {
        var options = new TufClientOptions { Time = time };
        if (store.Read(TufRoles.Root) is null)
            TufClient.Initialize(store, root, options);
        return new TufClient(new TestTufClient(run), store, options).FindTargetAsync(target, CancellationToken.None);
    }

    public async Task<bool> FetchAsync(string path, Stream destination, long maximumLength, CancellationToken cancellationToken)
    {
        if (run.Find(path) is not { } content)
            return false;
        await destination.WriteAsync(content, cancellationToken);
        return true;
    }
}
