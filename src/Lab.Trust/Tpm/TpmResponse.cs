using System.Buffers.Binary;

namespace Lab.Trust.Tpm;

/// <summary>A successful response, taken apart: handles and parameters. HMACs of protecting sessions were checked.</summary>
internal sealed class TpmResponse
{
    public const ushort NoSessions = 0x8001;
    public const ushort Sessions = 0x8002;

    private readonly byte[] parameters;

    private TpmResponse(uint handle, byte[] parameters)
    {
        Handle = handle;
        this.parameters = parameters;
    }

    /// <summary>The one handle that a response can carry; 0 without.</summary>
    public uint Handle { get; }

    public TpmReader Parameters => new(parameters);

    /// <summary>Takes a response apart; a refused command is <see cref="TpmException"/>.</summary>
    public static TpmResponse Parse(
        TpmCommandCode command,
        ReadOnlySpan<byte> bytes,
        bool hasHandle,
        ReadOnlySpan<TpmAuthorization> sessions
    )
    {
        var reader = new TpmReader(bytes);
        var tag = reader.U16();
        var size = reader.U32();
        var code = new TpmResponseCode(reader.U32());
        if (size != bytes.Length)
        {
            throw reader.Bad($"the response to TPM2_{command} declares {size} bytes and has {bytes.Length}", 8);
        }

        if (!code.IsSuccess)
        {
            throw new TpmException(command, code);
        }

        if (tag != (sessions.IsEmpty ? NoSessions : Sessions))
        {
            throw reader.Bad($"the response to TPM2_{command} has the tag 0x{tag:X4}", 10);
        }

        var handle = hasHandle ? reader.U32() : 0;
        if (sessions.IsEmpty)
        {
            return new TpmResponse(handle, reader.Bytes(reader.Remaining).ToArray());
        }

        var length = reader.U32();
        var body = reader.Bytes((int)Math.Min(length, int.MaxValue)).ToArray();
        foreach (var session in sessions)
        {
            CheckSession(ref reader, command, body, session);
        }

        reader.End($"the response to TPM2_{command}");
        foreach (var session in sessions)
        {
            Decrypt(body, session);
        }

        return new TpmResponse(handle, body);
    }

    private static void CheckSession(
        ref TpmReader reader,
        TpmCommandCode command,
        ReadOnlySpan<byte> body,
        TpmAuthorization session
    )
    {
        var nonce = reader.Sized(TpmHash.MaxDigestSize);
        var attributes = reader.U8();
        var hmac = reader.Sized(TpmHash.MaxDigestSize);
        if (session.Hmac is not { } protecting)
        {
            return;
        }

        // rpHash (Part 1, 16.8): the response code, which is success, the command code and the parameters as they came.
        var head = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), (uint)command);
        var hash = TpmHash.Compute(protecting.Hash, [.. head, .. body]);
        if (attributes != session.Attributes || !protecting.Accept(session.Value.Span, hash, nonce, attributes, hmac))
        {
            throw reader.Bad($"the response to TPM2_{command} is not the TPM's: its HMAC is wrong");
        }
    }

    private static void Decrypt(byte[] body, TpmAuthorization session)
    {
        if (session.Hmac is { } protecting && session.IsResponseEncrypted)
        {
            var first = new TpmReader(body).Sized();
            protecting.DecryptResponse(session.Value.Span, first).CopyTo(body, 2);
        }
    }
}
