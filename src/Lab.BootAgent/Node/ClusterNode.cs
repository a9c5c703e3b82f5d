using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.BootAgent.Clock;
using Lab.BootAgent.Cluster;
using Lab.BootAgent.Events;
using Lab.BootAgent.Fetch;
using Lab.BootAgent.Interop;
using Lab.BootAgent.LinuxBoot;
using Lab.BootAgent.Measure;
using Lab.BootAgent.Supervision;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Node;

/// <summary><c>agent node</c>: attests this boot, joins the cluster with what that releases, and attests on for as long as the board runs.</summary>
internal sealed class ClusterNode : IDisposable
{
    private const string Logs = "/run/hwlab/log";
    private static readonly int[] AttestPauseSeconds = [1, 2, 4, 8, 15, 30, 30, 30, 30, 30, 30, 30, 30];

    private readonly EventWriter _events;
    private readonly TimeProvider _time;
    private readonly JoinFiles _files = new("/");
    private readonly ContainerRuntime _runtime;
    private readonly ClusterJoin _join;

    private ClusterNode(EventWriter events, TimeProvider time)
    {
        _events = events;
        _time = time;
        _runtime = new ContainerRuntime(new BoundedLog(Logs, "containerd"), events, time);
        _join = new ClusterJoin(_files, Logs, events, time);
    }

    /// <summary>Runs. A node that was denied stays up and idle: only another boot can be judged otherwise.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var console = new ConsoleDevice();
        console.OpenConsole();
        var events = new EventWriter(console.Write, "node");
        using var node = new ClusterNode(events, TimeProvider.System);
        try
        {
            await node.LiveAsync(cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it is, the lab must be told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            NodeEvents.Denied(events, error);
            await node.StopAsync(error);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }

    public void Dispose()
    {
        _join.Dispose();
        _runtime.Dispose();
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        _events.Write("started");
        var description = HandoverDescription.Parse(
            await File.ReadAllBytesAsync($"/{Handover.Folder}/{Handover.DescriptionName}", cancellationToken)
        );
        SetClock(description);
        _files.Clear();
        _runtime.Start();
        var runtime = _runtime.WaitAsync(cancellationToken);
        _ = new DiskWatch(_events, _time).RunAsync(cancellationToken);
        await new NodeNetwork(_events, _time).ConnectAsync(cancellationToken);
        var board = description.Board ?? NodeProgram.HardwareName();
        NodeNetwork.SetName(board);

        if (!File.Exists(TpmDevice.Path))
            throw new DenialException("no-tpm", $"there is no {TpmDevice.Path}");
        var eventLog = await File.ReadAllBytesAsync($"/{Handover.Folder}/{Handover.EventLogName}", cancellationToken);
        var services = new Uri(description.Services);
        using var client = Http.Connect();
        using var key = new NodeKey();
        var service = new AttestationClient(client, services);
        var secret = await AttestAsync(() => ExchangeAsync(renew: false, cancellationToken), cancellationToken);
        if (await JoinAsync(secret, board, key, services, runtime, cancellationToken) is not { } join)
            return;
        var renewal = new CertificateRenewal(
            _files,
            key,
            (node, request, ending) => SignAsync(join.ApiServer, node, request, ending),
            _join.RestartAsync,
            _events,
            _time
        );
        await new ContinuousAttestation(ending => ExchangeAsync(renew: true, ending), board, _events, _time)
        {
            Afterwards = ending => renewal.RenewIfDueAsync(board, ending),
        }.RunAsync(join.AttestEvery, cancellationToken);

        async Task<byte[]> ExchangeAsync(bool renew, CancellationToken ending)
        {
            // Opened for each exchange: a device that did not answer in time is of no use to the next one.
            using var tpm = Tpm2.OverDevice(TpmDevice.Path);
            return await new NodeAttester(tpm, service, _events).AttestAsync(
                board,
                eventLog,
                new NodeClaim(key.PublicSha256, renew),
                ending
            );
        }
    }

    private async Task<string> SignAsync(
        Uri apiServer,
        X509Certificate2 node,
        string request,
        CancellationToken cancellationToken
    )
    {
        using var authority = X509Certificate2.CreateFromPem(
            await File.ReadAllTextAsync(_files.ClusterAuthority, cancellationToken)
        );
        using var client = new SigningClient(apiServer, authority, node);
        return await client.SignAsync(request, cancellationToken);
    }

    /// <returns>What it joins with; null if the node does not join, which was said.</returns>
    private async Task<JoinSecret?> JoinAsync(
        byte[] released,
        string board,
        NodeKey key,
        Uri services,
        Task runtime,
        CancellationToken cancellationToken
    )
    {
        SecretFile.Write(released);
        var hash = Convert.ToHexStringLower(SHA256.HashData(released));
        _events.Write("attested", json => json.WriteString("secretSha256"u8, hash));
        _events.Write("ready");
        JoinSecret secret;
        try
        {
            secret = JoinSecret.Parse(released);
            if (secret.Node != board)
                throw new FormatException($"the released secret is for '{secret.Node}', not for '{board}'");
        }
        catch (FormatException error)
        {
            await _join.RefuseAsync(new JoinFailure("secret", IsFinal: true, error.Message));
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(released);
        }

        if (secret.Time is { } time && NodeClock.FindError(time, _time.GetUtcNow()))
            SetClock(time, "attestation");
        // The trust that the join needs is renewed while it goes on, for it may take minutes on a slow board.
        _ = JoinInBackgroundAsync(secret, key, services, runtime, cancellationToken);
        return secret;
    }

    private async Task JoinInBackgroundAsync(
        JoinSecret secret,
        NodeKey key,
        Uri services,
        Task runtime,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await _join.RunAsync(secret, key, services, runtime, cancellationToken);
        }
#pragma warning disable CA1031 // Nobody awaits it; whatever it is, the lab must be told.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            await _join.RefuseAsync(new JoinFailure("internal", IsFinal: true, error.ToString()));
        }
    }

    /// <summary>Sessions are single-use, so another try is another attestation; a denial is final.</summary>
    private async Task<byte[]> AttestAsync(Func<Task<byte[]>> attest, CancellationToken cancellationToken)
    {
        foreach (var seconds in AttestPauseSeconds)
        {
            try
            {
                return await attest();
            }
            catch (Exception error) when (NodeEvents.IsPassing(error))
            {
                NodeEvents.Waiting(_events, "attestation", error.Message);
                await Task.Delay(TimeSpan.FromSeconds(seconds), _time, cancellationToken);
            }
        }

        return await attest();
    }

    private async Task StopAsync(Exception error)
    {
        await _join.StopAsync();
        await _runtime.StopAsync();
        _events.Write("stopped", json => json.WriteString("reason"u8, EventWriter.Shorten(NodeEvents.CodeOf(error))));
    }

    private void SetClock(HandoverDescription description)
    {
        if (
            NodeClock.Correct(description.Time, _time.GetUtcNow(), TimeSpan.FromMilliseconds(Environment.TickCount64)) is
            { } right
        )
            SetClock(right, "handover");
    }

    private void SetClock(DateTimeOffset right, string source)
    {
        try
        {
            SystemClock.Set(right);
            _events.Write("clock", json => json.WriteString("source"u8, source));
        }
        catch (LinuxException error)
        {
            NodeEvents.Waiting(_events, "clock", error.Message);
        }
    }
}
