namespace Lab.Model.Boards;

/// <summary>The board's TPM, as the lab can see and disturb it from outside.</summary>
public interface ITpm : IFacet
{
    /// <summary>The EK certificate that this board's TPM was made with, DER.</summary>
    ReadOnlyMemory<byte> EndorsementKeyCertificate { get; }

    /// <summary>The certificate of the authority that signed it, DER.</summary>
    ReadOnlyMemory<byte> EndorsementAuthority { get; }

    /// <summary>Stages a fault from the next power-on on.</summary>
    Task StageAsync(TpmFault fault, CancellationToken cancellationToken);
}
