using Lab.Trust.Tpm;

namespace Lab.Trust.Tests.Tpm;

/// <summary>Who sits between this library and the TPM: hears everything, and may change it.</summary>
internal sealed class RecordingTransport(ITpmTransport inner) : ITpmTransport
{
    public List<byte[]> Commands { get; } = [];

    public List<byte[]> Responses { get; } = [];

    /// <summary>Changes the next commands before they reach the TPM.</summary>
    public Func<byte[], byte[]>? AlterCommand { get; set; }

    /// <summary>Changes the next responses.</summary>
    public Func<byte[], byte[]>? AlterResponse { get; set; }

    /// <summary>Whether these bytes went by in either direction.</summary>
    public bool Heard(byte[] secret) => Commands.Concat(Responses).Any(message => message.AsSpan().IndexOf(secret) >= 0);

    public byte[] Exchange(ReadOnlySpan<byte> command, CancellationToken cancellationToken)
    {
        var sent = AlterCommand?.Invoke(command.ToArray()) ?? command.ToArray();
        Commands.Add(sent);
        var response = inner.Exchange(sent, cancellationToken);
        response = AlterResponse?.Invoke(response) ?? response;
        Responses.Add(response);
        return response;
    }

    public void Dispose() => inner.Dispose();
}
