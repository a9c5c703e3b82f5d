using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Hardware.Devices;

/// <summary>
/// One request at a time to each device: many power strips drop or mix up what reaches them in parallel. Boards that share a device share
/// these gates; with a folder, so do all programs of this host that use it.
/// </summary>
/// <param name="folder">Where the gates' locks are kept; null where only this program's requests meet.</param>
public sealed class DeviceGates(string? folder = null)
{
    // A request holds its gate no longer than its deadline, so this many of them may stand in the queue.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <summary>Waits for the device to be free, and holds it until the result is disposed.</summary>
    /// <param name="device">What identifies the device: its address or its node in /dev.</param>
    /// <param name="time">The clock that limits the wait to two minutes.</param>
    /// <exception cref="LabException">It did not become free.</exception>
    internal async Task<IDisposable> EnterAsync(string device, TimeProvider time, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(device, _ => new SemaphoreSlim(1, 1));
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await gate.WaitAsync(either.Token);
            try
            {
                return new Held(gate, folder is null ? null : await FolderLock.TakeAsync(FolderOf(folder, device), either.Token));
            }
            catch
            {
                gate.Release();
                throw;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException(
                $"the device was busy with other requests for {Patience.TotalSeconds:0} s",
                device,
                "see which program uses it"
            );
        }
    }

    private static string FolderOf(string folder, string device) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(device)))[..16]);

    private sealed class Held(SemaphoreSlim gate, FolderLock? folder) : IDisposable
    {
        public void Dispose()
        {
            folder?.Dispose();
            gate.Release();
        }
    }
}
