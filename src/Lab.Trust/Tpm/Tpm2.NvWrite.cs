namespace Lab.Trust.Tpm;

/// <content>Non-volatile memory that the owner's software keeps state in.</content>
public sealed partial class Tpm2
{
    // TPMA_NV (Part 2, 13.4)
    private const uint NvOwnerWrite = 1 << 1;
    private const uint NvWriteLockable = 1 << 14; // TPMA_NV_WRITE_STCLEAR
    private const uint NvNoDa = 1 << 25;

    /// <summary>
    /// TPM2_NV_DefineSpace of an index that the owner writes, anybody reads, and <see cref="LockNv"/> makes read-only until the next
    /// TPM reset.
    /// </summary>
    /// <param name="index">From 0x01800000 to 0x01BFFFFF (TCG Registry of Reserved TPM 2.0 Handles: owner).</param>
    /// <param name="size">Bytes.</param>
    public void DefineNv(uint index, int size, CancellationToken cancellationToken = default)
    {
        var area = new TpmWriter()
            .U32(index)
            .Algorithm(TpmAlgorithm.Sha256)
            .U32(NvOwnerWrite | NvWriteLockable | NvOwnerRead | NvAuthRead | NvNoDa)
            .Sized([])
            .U16(checked((ushort)size));
        Execute(
            TpmCommandCode.NvDefineSpace,
            [TpmHandle.Owner],
            [TpmAuthorization.Empty],
            new TpmWriter().Sized([]).Sized(area.Written),
            cancellationToken
        );
    }

    /// <summary>TPM2_NV_Write of a whole small index, as the owner.</summary>
    /// <param name="data">At most 512 bytes: what every TPM takes at once.</param>
    public void WriteNv(uint index, ReadOnlySpan<byte> data, CancellationToken cancellationToken = default) =>
        Execute(
            TpmCommandCode.NvWrite,
            [TpmHandle.Owner, index],
            [TpmAuthorization.Empty],
            new TpmWriter().Sized(data).U16(0),
            cancellationToken
        );

    /// <summary>TPM2_NV_WriteLock: no more writes until the next TPM reset.</summary>
    public void LockNv(uint index, CancellationToken cancellationToken = default) =>
        Execute(
            TpmCommandCode.NvWriteLock,
            [TpmHandle.Owner, index],
            [TpmAuthorization.Empty],
            new TpmWriter(),
            cancellationToken
        );
}
