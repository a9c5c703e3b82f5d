using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Lab.BootAgent.Events;
using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Node;

/// <summary>
/// Proves to the service what this board started: enrols its keys, answers the nonce with a quote, and opens the secret that only this
/// TPM can open.
/// </summary>
/// <param name="tpm">The board's TPM.</param>
/// <param name="client">The service.</param>
/// <param name="events">Told of each step.</param>
internal sealed class NodeAttester(Tpm2 tpm, AttestationClient client, EventWriter events)
{
    /// <summary>Attests.</summary>
    /// <param name="board">The board's name in the rig.</param>
    /// <param name="eventLog">The log that the quote is to prove.</param>
    /// <param name="claim">The node's key and whether this is a renewal; null binds no key.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="DenialException">Not attested.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public async Task<byte[]> AttestAsync(string board, byte[] eventLog, NodeClaim? claim, CancellationToken cancellationToken)
    {
        using var identity = NodeIdentity.Open(tpm, cancellationToken);
        var enrolment = await EnrolAsync(board, identity, cancellationToken);
        var session = enrolment.Text("session");
        var credential = Activate(identity, enrolment, "activation-failed", cancellationToken);
        var challenge = await client.PostAsync(
            "activate",
            json =>
            {
                json.WriteString("session"u8, session);
                json.WriteBase64String("credential"u8, credential);
            },
            cancellationToken
        );
        // A renewal says only how it ended: it comes every few seconds.
        if (claim is not { Renew: true })
            events.Write("enrolled", json => json.WriteString("ak"u8, Convert.ToHexStringLower(identity.AttestationKey.Name)));

        var selection = Selection(challenge);
        var nonce = challenge.Bytes("nonce");
        var qualifyingData = claim is null ? nonce : NodeKeyBinding.QualifyingData(nonce, claim.KeySha256);
        var quote = tpm.Quote(identity.AttestationKey, qualifyingData, selection, cancellationToken);
        // The quote proves them; without them a refusal could not name a PCR whose first measurement no log tells of.
        var values = tpm.ReadPcrs(selection, cancellationToken);
        if (claim is not { Renew: true })
            events.Write("quoted", json => Describe(json, claim));
        var verdict = await client.PostAsync(
            "appraise",
            json =>
            {
                json.WriteString("session"u8, session);
                json.WriteBase64String("attest"u8, quote.Attest);
                json.WriteBase64String("signature"u8, quote.Signature);
                json.WriteBase64String("eventLog"u8, eventLog);
                json.WriteStartObject("pcrValues"u8);
                foreach (var (pcr, value) in values.All)
                    json.WriteBase64String(pcr.ToString(CultureInfo.InvariantCulture), value);
                json.WriteEndObject();
                if (claim is null)
                    return;
                json.WriteBase64String("nodeKey"u8, claim.KeySha256);
                if (claim.Renew)
                    json.WriteBoolean("renew"u8, value: true);
            },
            cancellationToken
        );
        return Open(identity, verdict, cancellationToken);
    }

    private static void Describe(Utf8JsonWriter json, NodeClaim? claim)
    {
        if (claim is not null)
            json.WriteString("nodeKey"u8, Convert.ToHexStringLower(claim.KeySha256));
    }

    private Task<ServiceAnswer> EnrolAsync(string board, NodeIdentity identity, CancellationToken cancellationToken) =>
        client.PostAsync(
            "enrol",
            json =>
            {
                json.WriteString("board"u8, board);
                json.WriteBase64String("ekCertificate"u8, identity.EndorsementCertificate);
                json.WriteBase64String("ekPublic"u8, identity.EndorsementKey.Public.ToSizedBytes());
                json.WriteBase64String("akPublic"u8, identity.AttestationKey.Public.ToSizedBytes());
            },
            cancellationToken
        );

    private byte[] Open(NodeIdentity identity, ServiceAnswer verdict, CancellationToken cancellationToken)
    {
        var key = Activate(identity, verdict, "protocol", cancellationToken);
        try
        {
            return SecretBox.Open(key, verdict.Bytes("ciphertext"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private byte[] Activate(NodeIdentity identity, ServiceAnswer answer, string code, CancellationToken cancellationToken)
    {
        var credential = new TpmCredential(answer.Bytes("credentialBlob"), answer.Bytes("encryptedSecret"));
        try
        {
            return tpm.ActivateCredential(identity.AttestationKey, identity.EndorsementKey, credential, cancellationToken);
        }
        catch (TpmException error)
        {
            throw new DenialException(code, $"the TPM does not open the credential: {error.Message}", inner: error);
        }
    }

    private static PcrSelection Selection(ServiceAnswer challenge)
    {
        var bank = challenge.Text("bank");
        if (bank != "sha256")
            throw new DenialException("protocol", $"the service asks for the bank '{bank}'");
        try
        {
            return PcrSelection.Of(TpmAlgorithm.Sha256, challenge.Numbers("pcrs"));
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new DenialException("protocol", error.Message, inner: error);
        }
    }
}
