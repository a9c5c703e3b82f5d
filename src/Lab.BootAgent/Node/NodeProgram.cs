using System.Security.Cryptography;
using Lab.BootAgent.Events;
using Lab.BootAgent.Fetch;
using Lab.BootAgent.LinuxBoot;
using Lab.BootAgent.Measure;
using Lab.BootAgent.Network;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Node;

/// <summary><c>agent attest</c> in the target: attests this boot once and keeps the secret that is released for it.</summary>
internal sealed class NodeProgram
{
    private const int Attested = 0;
    private const int Denied = 1;

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(8),
    ];

    private readonly EventWriter _events;
    private readonly TimeProvider _time;

    private NodeProgram(EventWriter events, TimeProvider time)
    {
        _events = events;
        _time = time;
    }

    /// <summary>Runs.</summary>
    /// <returns>0 if attested, 1 if not.</returns>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var console = new ConsoleDevice();
        console.OpenConsole();
        var events = new EventWriter(console.Write, "node");
        try
        {
            await new NodeProgram(events, TimeProvider.System).AttestAsync(cancellationToken);
            return Attested;
        }
#pragma warning disable CA1031 // Whatever it is, the lab must be told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            NodeEvents.Denied(events, error);
            return Denied;
        }
    }

    private async Task AttestAsync(CancellationToken cancellationToken)
    {
        _events.Write("started");
        var description = HandoverDescription.Parse(
            await File.ReadAllBytesAsync($"/{Handover.Folder}/{Handover.DescriptionName}", cancellationToken)
        );
        var eventLog = await File.ReadAllBytesAsync($"/{Handover.Folder}/{Handover.EventLogName}", cancellationToken);
        if (!File.Exists(TpmDevice.Path))
            throw new DenialException("no-tpm", $"there is no {TpmDevice.Path}");
        using var tpm = Tpm2.OverDevice(TpmDevice.Path);
        using var client = Http.Connect();
        var attester = new NodeAttester(tpm, new AttestationClient(client, new Uri(description.Services)), _events);
        var secret = await TryAsync(
            () => attester.AttestAsync(description.Board ?? HardwareName(), eventLog, claim: null, cancellationToken),
            cancellationToken
        );
        SecretFile.Write(secret);
        var hash = Convert.ToHexStringLower(SHA256.HashData(secret));
        CryptographicOperations.ZeroMemory(secret);
        _events.Write("attested", json => json.WriteString("secretSha256"u8, hash));
        _events.Write("ready");
    }

    /// <summary>A board that DHCP gives no name is told by its hardware address.</summary>
    internal static string HardwareName() =>
        NetworkInterface.FindEthernet() is { } device ? Convert.ToHexStringLower(device.ReadHardwareAddress()) : "unnamed";

    /// <summary>Sessions are single-use, so another try is another attestation; a denial is final.</summary>
    private async Task<byte[]> TryAsync(Func<Task<byte[]>> attest, CancellationToken cancellationToken)
    {
        foreach (var pause in Pauses)
        {
            try
            {
                return await attest();
            }
            catch (HttpRequestException)
            {
                await Task.Delay(pause, _time, cancellationToken);
            }
        }

        return await attest();
    }
}
