using System.Buffers.Binary;
using System.Net.Sockets;

namespace Lab.Trust.Tpm;

/// <summary>
/// A TPM 2.0: one method for each command that the chain needs. Every method may throw <see cref="TpmException"/> (the TPM refused),
/// <see cref="TpmTransportException"/> (it cannot be reached) and <see cref="TpmFormatException"/> (its answer is malformed).
/// A TPM does one thing at a time: not for use from two threads at once. Authorisation values are empty where a method takes none.
/// </summary>
/// <param name="transport">The way to the TPM; disposed with this object.</param>
public sealed partial class Tpm2(ITpmTransport transport) : IDisposable
{
    /// <summary>The largest command or response in bytes: the buffer of the kernel's driver and of swtpm.</summary>
    public const int MaxMessageSize = 4096;

    internal const int HeaderSize = 10;

    // Together some 5 seconds: longer than any self-test of a discrete TPM.
    private const int MaxTries = 12;
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    /// <summary>The kernel's device with its resource manager.</summary>
    public static Tpm2 OverDevice(string path = TpmDeviceTransport.DefaultPath) => new(new TpmDeviceTransport(path));

    /// <summary>The unix socket of a software TPM's data channel.</summary>
    public static Tpm2 OverSocket(string path) => new(new SwtpmTransport(new UnixDomainSocketEndPoint(path)));

    /// <summary>TPM2_Startup. A TPM that is up already (TPM_RC_INITIALIZE) is no error.</summary>
    /// <param name="state">Whether to restore what TPM2_Shutdown(STATE) saved.</param>
    public void Startup(bool state = false, CancellationToken cancellationToken = default)
    {
        try
        {
            Execute(TpmCommandCode.Startup, [], [], new TpmWriter().U16((ushort)(state ? 1 : 0)), cancellationToken);
        }
        catch (TpmException e) when (e.Code.Value == 0x100)
        {
            // Firmware was faster.
        }
    }

    /// <summary>TPM2_Shutdown: to be sent before an orderly power-off.</summary>
    /// <param name="state">Whether to save the PCRs and sessions for a resume.</param>
    public void Shutdown(bool state = false, CancellationToken cancellationToken = default) =>
        Execute(TpmCommandCode.Shutdown, [], [], new TpmWriter().U16((ushort)(state ? 1 : 0)), cancellationToken);

    /// <summary>TPM2_SelfTest of everything.</summary>
    public void SelfTest(CancellationToken cancellationToken = default) =>
        Execute(TpmCommandCode.SelfTest, [], [], new TpmWriter().U8(1), cancellationToken);

    /// <summary>TPM2_GetRandom: exactly <paramref name="count"/> random bytes.</summary>
    public byte[] GetRandom(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var random = new List<byte>(count);
        while (random.Count < count)
        {
            var wanted = (ushort)Math.Min(count - random.Count, TpmHash.MaxDigestSize);
            var reader = Execute(TpmCommandCode.GetRandom, [], [], new TpmWriter().U16(wanted), cancellationToken).Parameters;
            var some = reader.Sized(wanted);
            if (some.IsEmpty)
            {
                throw reader.Bad("the TPM gives no random bytes");
            }

            random.AddRange(some);
        }

        return [.. random];
    }

    /// <summary>TPM2_ReadClock.</summary>
    public TpmClockInfo ReadClock(CancellationToken cancellationToken = default)
    {
        var reader = Execute(TpmCommandCode.ReadClock, [], [], new TpmWriter(), cancellationToken).Parameters;
        reader.U64(); // time since the last start
        var clock = TpmClockInfo.Read(ref reader);
        reader.End("TPMS_TIME_INFO");
        return clock;
    }

    /// <summary>Closes the transport.</summary>
    public void Dispose() => transport.Dispose();

    /// <summary>Sends one command, again while the TPM asks for that, and takes its response apart.</summary>
    internal TpmResponse Execute(
        TpmCommandCode code,
        ReadOnlySpan<uint> handles,
        ReadOnlySpan<TpmAuthorization> authorizations,
        TpmWriter parameters,
        CancellationToken cancellationToken,
        bool hasHandle = false,
        byte[][]? names = null
    )
    {
        var command = Marshal(code, handles, authorizations, parameters, names);
        for (var attempt = 1; ; attempt++)
        {
            var response = transport.Exchange(command, cancellationToken);
            var isRetry =
                response.Length >= HeaderSize
                && new TpmResponseCode(BinaryPrimitives.ReadUInt32BigEndian(response.AsSpan(6))).IsRetry;
            if (!isRetry || attempt == MaxTries)
            {
                return TpmResponse.Parse(code, response, hasHandle, authorizations);
            }

            // The specification has no event for "ready again": it asks for another try, and drivers wait longer each time.
            var pause = TimeSpan.FromMilliseconds(10 << attempt);
            cancellationToken.WaitHandle.WaitOne(pause < MaxPause ? pause : MaxPause);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Flushes on the way out of a scope, where an error could only hide the first one.</summary>
    internal void TryFlush(uint handle)
    {
        try
        {
            FlushContext(handle);
        }
        catch (Exception e) when (e is TpmException or TpmTransportException or TpmFormatException)
        {
            // The TPM forgets its transient objects and sessions with its next reset.
        }
    }

    private static byte[] Marshal(
        TpmCommandCode code,
        ReadOnlySpan<uint> handles,
        ReadOnlySpan<TpmAuthorization> authorizations,
        TpmWriter parameters,
        byte[][]? names
    )
    {
        var body = new TpmWriter();
        foreach (var handle in handles)
        {
            body.U32(handle);
        }

        var sent = parameters.ToArray();
        if (!authorizations.IsEmpty)
        {
            var area = MarshalSessions(code, authorizations, sent, names);
            body.U32((uint)area.Written.Length).Bytes(area.Written);
        }

        body.Bytes(sent);
        var tag = authorizations.IsEmpty ? TpmResponse.NoSessions : TpmResponse.Sessions;
        var size = HeaderSize + body.Written.Length;
        return new TpmWriter().U16(tag).U32((uint)size).U32((uint)code).Bytes(body.Written).ToArray();
    }

    /// <summary>The authorisation area. A protecting session's nonce is rolled, the first parameter encrypted in place, then all is hashed.</summary>
    private static TpmWriter MarshalSessions(
        TpmCommandCode code,
        ReadOnlySpan<TpmAuthorization> authorizations,
        byte[] parameters,
        byte[][]? names
    )
    {
        var nonces = new byte[authorizations.Length][];
        for (var i = 0; i < nonces.Length; i++)
        {
            nonces[i] = authorizations[i].Hmac?.Roll() ?? [];
            if (authorizations[i] is { Hmac: { } encrypting, IsCommandEncrypted: true, Value: var value })
            {
                var first = new TpmReader(parameters).Sized();
                encrypting.EncryptCommand(value.Span, first).CopyTo(parameters, 2);
            }
        }

        var area = new TpmWriter();
        for (var i = 0; i < nonces.Length; i++)
        {
            if (authorizations[i].Hmac is { } session)
            {
                // cpHash (Part 1, 16.7): the command code, the names of all handles, the parameters as they are sent.
                var head = new TpmWriter().U32((uint)code).Bytes(names!.SelectMany(name => name).ToArray());
                var hash = TpmHash.Compute(session.Hash, head.Bytes(parameters).Written);
                authorizations[i].WriteHmac(area, nonces[i], hash);
            }
            else
            {
                authorizations[i].Write(area);
            }
        }

        return area;
    }
}
