using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <content>Keys and sealed data.</content>
public sealed partial class Tpm2
{
    /// <summary>TPM2_CreatePrimary: the same template gives the same key until the hierarchy's seed changes.</summary>
    /// <param name="hierarchy"><see cref="TpmHandle.Endorsement"/>, <see cref="TpmHandle.Owner"/> or <see cref="TpmHandle.Null"/>.</param>
    public TpmObject CreatePrimary(uint hierarchy, TpmPublic template, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        var response = Execute(
            TpmCommandCode.CreatePrimary,
            [hierarchy],
            [TpmAuthorization.Empty],
            CreationParameters(template, [], []),
            cancellationToken,
            hasHandle: true
        );
        var reader = response.Parameters;
        var key = TpmPublic.Parse(reader.Sized());
        var creation = TpmCreation.Read(ref reader);
        var name = reader.Sized().ToArray();
        reader.End("TPM2_CreatePrimary");
        return Loaded(response.Handle, key, name, creation);
    }

    /// <summary>The endorsement key of the TCG template L-1 (RSA-2048): the one whose certificate is in NV 0x01C00002.</summary>
    public TpmObject CreateEk(CancellationToken cancellationToken = default) =>
        CreatePrimary(TpmHandle.Endorsement, TpmTemplates.EkRsa2048, cancellationToken);

    /// <summary>The attestation key: a P-256 primary of the endorsement hierarchy, so that it needs no storage and no parent.</summary>
    public TpmObject CreateAk(CancellationToken cancellationToken = default) =>
        CreatePrimary(TpmHandle.Endorsement, TpmTemplates.AkEccP256, cancellationToken);

    /// <summary>TPM2_Create: a key, or sealed data, under a storage key.</summary>
    /// <param name="data">Data to seal; empty for a key.</param>
    public TpmKeyBlob Create(
        TpmObject parent,
        TpmPublic template,
        ReadOnlySpan<byte> data = default,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(template);
        var reader = Execute(
            TpmCommandCode.Create,
            [parent.Handle],
            [TpmAuthorization.Empty],
            CreationParameters(template, data, []),
            cancellationToken
        ).Parameters;
        return ReadBlob(reader);
    }

    /// <summary>TPM2_Load.</summary>
    public TpmObject Load(TpmObject parent, TpmKeyBlob blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(blob);
        var parameters = new TpmWriter().Sized(blob.PrivateArea).Sized(blob.Public.ToBytes());
        var response = Execute(
            TpmCommandCode.Load,
            [parent.Handle],
            [TpmAuthorization.Empty],
            parameters,
            cancellationToken,
            hasHandle: true
        );
        var reader = response.Parameters;
        var name = reader.Sized().ToArray();
        reader.End("TPM2_Load");
        return Loaded(response.Handle, blob.Public, name);
    }

    /// <summary>TPM2_Unseal under a policy session that satisfies the object's policy.</summary>
    public byte[] Unseal(TpmObject sealedData, TpmSession policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sealedData);
        ArgumentNullException.ThrowIfNull(policy);
        var authorization = TpmAuthorization.Policy(policy);
        var reader = Execute(
            TpmCommandCode.Unseal,
            [sealedData.Handle],
            [authorization],
            new TpmWriter(),
            cancellationToken
        ).Parameters;
        return reader.Sized().ToArray();
    }

    /// <summary>TPM2_ReadPublic: opens an object that is in the TPM already, such as a persistent key.</summary>
    public TpmObject ReadPublic(uint handle, CancellationToken cancellationToken = default)
    {
        var reader = Execute(TpmCommandCode.ReadPublic, [handle], [], new TpmWriter(), cancellationToken).Parameters;
        var key = TpmPublic.Parse(reader.Sized());
        var name = reader.Sized().ToArray();
        reader.Sized(); // the qualified name
        reader.End("TPM2_ReadPublic");
        return Loaded(handle, key, name);
    }

    /// <summary>TPM2_EvictControl: makes a transient key persistent, in the storage hierarchy.</summary>
    /// <param name="persistentHandle">From 0x81000000 to 0x817FFFFF.</param>
    public void Persist(TpmObject key, uint persistentHandle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        Execute(
            TpmCommandCode.EvictControl,
            [TpmHandle.Owner, key.Handle],
            [TpmAuthorization.Empty],
            new TpmWriter().U32(persistentHandle),
            cancellationToken
        );
    }

    /// <summary>TPM2_EvictControl: removes a persistent key.</summary>
    public void Evict(uint persistentHandle, CancellationToken cancellationToken = default) =>
        Execute(
            TpmCommandCode.EvictControl,
            [TpmHandle.Owner, persistentHandle],
            [TpmAuthorization.Empty],
            new TpmWriter().U32(persistentHandle),
            cancellationToken
        );

    /// <summary>TPM2_FlushContext of a transient object or a session.</summary>
    public void FlushContext(uint handle, CancellationToken cancellationToken = default) =>
        Execute(TpmCommandCode.FlushContext, [], [], new TpmWriter().U32(handle), cancellationToken);

    private static TpmWriter CreationParameters(TpmPublic template, ReadOnlySpan<byte> data, ReadOnlySpan<byte> authValue)
    {
        var sensitive = new TpmWriter().Sized(authValue).Sized(data);
        const uint noCreationPcrs = 0;
        return new TpmWriter().Sized(sensitive.Written).Sized(template.ToBytes()).Sized([]).U32(noCreationPcrs);
    }

    private static TpmKeyBlob ReadBlob(TpmReader reader)
    {
        var privateArea = reader.Sized().ToArray();
        var key = TpmPublic.Parse(reader.Sized());
        TpmCreation.Read(ref reader);
        reader.End("TPM2_Create");
        return new TpmKeyBlob(key, privateArea);
    }

    private TpmObject Loaded(uint handle, TpmPublic key, byte[] name, TpmCreation? creation = null)
    {
        if (!CryptographicOperations.FixedTimeEquals(name, key.ComputeName()))
        {
            throw new TpmFormatException(0, $"the name of object 0x{handle:X8} is not that of its public area");
        }

        return new TpmObject(this, handle, key, name) { Creation = creation };
    }
}
