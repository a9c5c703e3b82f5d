namespace Lab.Trust.Tpm;

/// <summary>One entry of a command's authorisation area (TPMS_AUTH_COMMAND).</summary>
internal readonly record struct TpmAuthorization(uint Session, byte Attributes, ReadOnlyMemory<byte> Value)
{
    private const byte ContinueSession = 1;

    /// <summary>The empty password, which everything here has.</summary>
    public static TpmAuthorization Empty => new(TpmHandle.Password, 0, default);

    /// <summary>An unbound, unsalted policy session: its HMAC is empty (Part 1, 19.6.13).</summary>
    public static TpmAuthorization Policy(TpmSession session) => new(session.Handle, ContinueSession, default);

    public void Write(TpmWriter writer) => writer.U32(Session).U16(0).U8(Attributes).Sized(Value.Span);
}
