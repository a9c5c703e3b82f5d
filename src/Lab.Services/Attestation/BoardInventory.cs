using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>Which TPM is whose: one certificate, one board. Without a list every TPM of the rig's authorities may answer for any board.</summary>
internal sealed class BoardInventory(IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? boards)
{
    private readonly Lock _gate = new();
    private Dictionary<string, ReadOnlyMemory<byte>>? _boards = boards?.ToDictionary(StringComparer.Ordinal);

    /// <summary>From now on that board attests with that TPM only, and a board that is not on the list not at all.</summary>
    public void Expect(string board, ReadOnlyMemory<byte> ekCertificate)
    {
        lock (_gate)
            (_boards ??= new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal))[board] = ekCertificate;
    }

    public Denial? FindStranger(EnrolRequest request)
    {
        lock (_gate)
        {
            if (_boards is null)
                return null;
            if (!_boards.TryGetValue(request.Board, out var certificate))
                return new Denial(DenialCodes.EkMismatch, $"the rig has no board '{request.Board}'");
            return certificate.Span.SequenceEqual(request.EkCertificate)
                ? null
                : new Denial(DenialCodes.EkMismatch, $"this is not the TPM of board '{request.Board}'");
        }
    }
}
