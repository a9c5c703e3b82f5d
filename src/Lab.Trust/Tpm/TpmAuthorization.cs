namespace Lab.Trust.Tpm;

/// <summary>One entry of a command's authorisation area (TPMS_AUTH_COMMAND).</summary>
/// <param name="Session">The session's handle.</param>
/// <param name="Attributes">TPMA_SESSION.</param>
/// <param name="Value">A password, or the authorisation value that an HMAC session proves to know.</param>
/// <param name="Hmac">The session that protects the command, where it is one.</param>
internal readonly record struct TpmAuthorization(
    uint Session,
    byte Attributes,
    ReadOnlyMemory<byte> Value,
    TpmHmacSession? Hmac = null
)
{
    private const byte ContinueSession = 0x01;
    private const byte DecryptsCommand = 0x20;
    private const byte EncryptsResponse = 0x40;

    /// <summary>The empty password.</summary>
    public static TpmAuthorization Empty => new(TpmHandle.Password, 0, default);

    /// <summary>Whether the command's first parameter goes encrypted.</summary>
    public bool IsCommandEncrypted => (Attributes & DecryptsCommand) != 0;

    /// <summary>Whether the response's first parameter comes encrypted.</summary>
    public bool IsResponseEncrypted => (Attributes & EncryptsResponse) != 0;

    /// <summary>An unbound, unsalted policy session: its HMAC is empty (Part 1, 19.6.13).</summary>
    public static TpmAuthorization Policy(TpmSession session) => new(session.Handle, ContinueSession, default);

    /// <summary>A password, in clear.</summary>
    public static TpmAuthorization Password(ReadOnlyMemory<byte> value) => new(TpmHandle.Password, 0, value);

    /// <summary>An HMAC session: it authorises where it stands for a handle, and protects the command in any case.</summary>
    public static TpmAuthorization Protect(
        TpmHmacSession session,
        bool command,
        bool response,
        ReadOnlyMemory<byte> authValue = default
    )
    {
        var attributes = ContinueSession | (command ? DecryptsCommand : 0) | (response ? EncryptsResponse : 0);
        return new TpmAuthorization(session.Handle, (byte)attributes, authValue, session);
    }

    public void Write(TpmWriter writer) => writer.U32(Session).U16(0).U8(Attributes).Sized(Value.Span);

    /// <summary>Writes the entry of an HMAC session, whose nonce was rolled for this command.</summary>
    public void WriteHmac(TpmWriter writer, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> commandHash) =>
        writer.U32(Session).Sized(nonce).U8(Attributes).Sized(Hmac!.CommandHmac(Value.Span, commandHash, Attributes));
}
