using Lab.BootAgent.Events;
using Lab.Trust.Tpm;
using Lab.Trust.Tuf;

namespace Lab.BootAgent.Fetch;

/// <summary>
/// The memory that rollback protection needs and an initramfs does not have: an NV index of the TPM, written before the target starts
/// and locked until the next reset.
/// </summary>
internal static class VersionMemory
{
    /// <summary>In the owner's range (TCG Registry of Reserved TPM 2.0 Handles, section 2.2.2).</summary>
    public const uint Index = 0x01800B07;

    /// <summary>Refuses versions that went back, then remembers the new ones.</summary>
    /// <param name="tpm">The TPM.</param>
    /// <param name="pinnedRoot">The root that the image trusts.</param>
    /// <param name="offered">The versions after a refresh.</param>
    /// <exception cref="RefusalException"><see cref="RefusalCode.TufRollback"/>.</exception>
    /// <exception cref="TpmException">The TPM refused: then nothing is remembered, and the boot must not go on.</exception>
    public static void Advance(Tpm2 tpm, ReadOnlySpan<byte> pinnedRoot, TufVersions offered)
    {
        var record = VersionRecord.Build(pinnedRoot, offered);
        var held = Read(tpm);
        if (held is null)
            tpm.DefineNv(Index, VersionRecord.Size);
        else
            CheckForRollback(held, pinnedRoot, offered);
        if (held is null || !record.AsSpan().SequenceEqual(held))
            tpm.WriteNv(Index, record);
        tpm.LockNv(Index);
    }

    private static void CheckForRollback(byte[] held, ReadOnlySpan<byte> pinnedRoot, TufVersions offered)
    {
        if (held.Length == 0)
            return;
        try
        {
            if (
                VersionRecord.Parse(held, pinnedRoot) is { } trusted
                && VersionRecord.FindRollback(trusted, offered) is { } rollback
            )
                throw new RefusalException(RefusalCode.TufRollback, $"{rollback} was trusted by this board");
        }
        catch (FormatException error)
        {
            throw new RefusalException(RefusalCode.TufRollback, error.Message, error);
        }
    }

    /// <summary>What the index holds: null if there is no index, nothing if it was never written (a power cut came between).</summary>
    private static byte[]? Read(Tpm2 tpm)
    {
        try
        {
            return tpm.ReadNv(Index);
        }
        catch (TpmException error) when (error.Code.Name == "TPM_RC_HANDLE")
        {
            return null;
        }
        catch (TpmException error) when (error.Code.Name == "TPM_RC_NV_UNINITIALIZED")
        {
            return [];
        }
    }
}
