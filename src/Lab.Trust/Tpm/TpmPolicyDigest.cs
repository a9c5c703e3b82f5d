using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>
/// The digest of a policy, computed without a TPM (Part 3, chapter 23): what an object is sealed to, and what a policy session of a TPM has
/// after the same commands. Steps change this object and return it.
/// </summary>
public sealed class TpmPolicyDigest
{
    private const int LeastBranches = 2;
    private const int MostBranches = 8;

    private readonly TpmAlgorithm hash;
    private byte[] value;

    /// <summary>The empty policy.</summary>
    /// <exception cref="NotSupportedException">The hash cannot be computed here.</exception>
    public TpmPolicyDigest(TpmAlgorithm hash = TpmAlgorithm.Sha256)
    {
        this.hash = hash;
        value = new byte[TpmHash.RequiredSizeOf(hash)];
    }

    /// <summary>The digest so far.</summary>
    public byte[] Value => [.. value];

    /// <summary>PolicyPCR: these PCRs must have these values.</summary>
    public TpmPolicyDigest Pcr(PcrSelection selection, PcrValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var list = new TpmWriter();
        selection.WriteList(list);
        return Extend(TpmCommandCode.PolicyPcr, list.Written, values.ComputeDigest(selection, hash));
    }

    /// <summary>PolicySecret: the authorisation value of the entity must be known.</summary>
    /// <param name="entityName">The entity's name: of a hierarchy, its handle's four bytes (<see cref="NameOf"/>).</param>
    /// <param name="reference">The policy's reference.</param>
    public TpmPolicyDigest Secret(ReadOnlySpan<byte> entityName, ReadOnlySpan<byte> reference = default) =>
        Update(TpmCommandCode.PolicySecret, entityName, reference);

    /// <summary>PolicyAuthorize: any policy that this key signed. What was before does not count.</summary>
    /// <param name="keyName">The name of the key's public area.</param>
    /// <param name="reference">The policy's reference.</param>
    public TpmPolicyDigest Authorize(ReadOnlySpan<byte> keyName, ReadOnlySpan<byte> reference = default)
    {
        Array.Clear(value);
        return Update(TpmCommandCode.PolicyAuthorize, keyName, reference);
    }

    /// <summary>PolicyOR: one of these policies.</summary>
    /// <exception cref="ArgumentException">Fewer than two, more than eight, or one that is no digest of this hash.</exception>
    public TpmPolicyDigest Or(IReadOnlyList<byte[]> branches)
    {
        ArgumentNullException.ThrowIfNull(branches);
        if (
            branches.Count is < LeastBranches or > MostBranches
            || branches.Any(branch => branch.Length != TpmHash.RequiredSizeOf(hash))
        )
        {
            throw new ArgumentException("A PolicyOR has two to eight digests of the policy's hash.", nameof(branches));
        }

        Array.Clear(value);
        return Extend(TpmCommandCode.PolicyOr, branches.SelectMany(branch => branch).ToArray(), []);
    }

    /// <summary>PolicyCommandCode: only this command.</summary>
    public TpmPolicyDigest CommandCode(TpmCommandCode command)
    {
        Span<byte> code = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(code, (uint)command);
        return Extend(TpmCommandCode.PolicyCommandCode, code, []);
    }

    /// <summary>PolicyAuthValue: the object's own authorisation value too.</summary>
    public TpmPolicyDigest AuthValue() => Extend(TpmCommandCode.PolicyAuthValue, [], []);

    /// <summary>The name of an entity that has no public area, such as a hierarchy: its handle (Part 1, 16).</summary>
    public static byte[] NameOf(uint handle)
    {
        var name = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(name, handle);
        return name;
    }

    /// <summary>PolicyUpdate (Part 3, 23.2.3): two hashes, so that name and reference cannot run into each other.</summary>
    private TpmPolicyDigest Update(TpmCommandCode command, ReadOnlySpan<byte> name, ReadOnlySpan<byte> reference)
    {
        Extend(command, name, []);
        value = TpmHash.Compute(hash, [.. value, .. reference]);
        return this;
    }

    private TpmPolicyDigest Extend(TpmCommandCode command, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> code = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(code, (uint)command);
        using var digest = IncrementalHash.CreateHash(TpmHash.NameOf(hash));
        digest.AppendData(value);
        digest.AppendData(code);
        digest.AppendData(first);
        digest.AppendData(second);
        value = digest.GetHashAndReset();
        return this;
    }
}
