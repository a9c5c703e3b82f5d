using System.Globalization;
using Lab.Model.Errors;
using Lab.Trust.Tests.Peers;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lab.Benchmarks.Trust;

/// <summary>A TUF refresh that finds nothing new, by our client and by python3-tuf: the same repository, server and machine.</summary>
internal sealed class TufRefresh : IAsyncDisposable
{
    // Neither side's start-up counts: the interpreter runs, the program is compiled, the connection's address is known.
    private const string Script = """
        import sys, time
        from tuf.ngclient import Updater
        directory, base, count = sys.argv[1:]
        def refresh():
            Updater(directory, base).refresh()
        for _ in range(5):
            refresh()
        begin = time.perf_counter()
        for _ in range(int(count)):
            refresh()
        print(int(count) / (time.perf_counter() - begin))
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-bench-");
    private readonly HttpClient _http = new();
    private readonly WebApplication _server;
    private readonly TufRepository _repository;

    private TufRefresh(TimeProvider time)
    {
        var signer = EcdsaTufSigner.Create();
        var metadata = Path.Combine(_folder.FullName, "metadata");
        _repository = TufRepository.Create(
            metadata,
            TufRoles.TopLevel.ToDictionary(
                role => role,
                _ => TufRolePlan.Single(signer, TimeSpan.FromDays(1)),
                StringComparer.Ordinal
            ),
            [signer],
            time
        );
        _repository.AddTarget("os/test", "content"u8);
        _repository.Publish();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            var file = Path.Combine(metadata, Path.GetFileName(context.Request.Path.Value!));
            context.Response.StatusCode = File.Exists(file) ? 200 : 404;
            return File.Exists(file) ? context.Response.SendFileAsync(file) : Task.CompletedTask;
        });
    }

    private Uri Address => new(_server.Urls.Single() + "/metadata/");

    public static async Task<TufRefresh> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var refresh = new TufRefresh(time);
        await refresh._server.StartAsync(cancellationToken);
        return refresh;
    }

    /// <summary>Refreshes in a second, each with a client made anew over files.</summary>
    public async Task<double> OursAsync(int count, TimeProvider time, CancellationToken cancellationToken)
    {
        var store = Store("ours");
        for (var index = -5; index < 0; index++)
        {
            await RefreshAsync(store, time, cancellationToken);
        }

        var begin = time.GetTimestamp();
        for (var index = 0; index < count; index++)
        {
            await RefreshAsync(store, time, cancellationToken);
        }

        return count / time.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>The same by python3-tuf.</summary>
    /// <exception cref="LabException">It cannot be had, or failed.</exception>
    public async Task<double> TheirsAsync(int count, CancellationToken cancellationToken)
    {
        var path = await PythonTufPackage.FindAsync(cancellationToken);
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "theirs")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "root.json"), _repository.ReadRoot(), cancellationToken);
        var result = await PythonTufPackage.RunAsync(path, Script, [folder, Address.AbsoluteUri, $"{count}"], cancellationToken);
        return result.ExitCode == 0
            ? double.Parse(result.StandardOutput, CultureInfo.InvariantCulture)
            : throw new LabException($"python3-tuf: {result.StandardError}");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private FileTufStore Store(string name)
    {
        var store = new FileTufStore(Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName);
        TufClient.Initialize(store, _repository.ReadRoot());
        return store;
    }

    private Task RefreshAsync(ITufStore store, TimeProvider time, CancellationToken cancellationToken) =>
        new TufClient(new HttpTufFetcher(_http, Address), store, new TufClientOptions { Time = time }).RefreshAsync(
            cancellationToken
        );
}
