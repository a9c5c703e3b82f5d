namespace Lab.Trust.Tpm;

/// <summary>A successful response, taken apart: handles and parameters. The authorisation area was checked for form.</summary>
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
    public static TpmResponse Parse(TpmCommandCode command, ReadOnlySpan<byte> bytes, bool hasHandle, int sessions)
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

        if (tag != (sessions > 0 ? Sessions : NoSessions))
        {
            throw reader.Bad($"the response to TPM2_{command} has the tag 0x{tag:X4}", 10);
        }

        var handle = hasHandle ? reader.U32() : 0;
        if (sessions == 0)
        {
            return new TpmResponse(handle, reader.Bytes(reader.Remaining).ToArray());
        }

        var length = reader.U32();
        var body = reader.Bytes((int)Math.Min(length, int.MaxValue)).ToArray();
        for (var i = 0; i < sessions; i++)
        {
            reader.Sized(TpmHash.MaxDigestSize);
            reader.U8();
            reader.Sized(TpmHash.MaxDigestSize);
        }

        reader.End($"the response to TPM2_{command}");
        return new TpmResponse(handle, body);
    }
}
