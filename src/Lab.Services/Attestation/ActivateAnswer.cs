namespace Lab.Services.Attestation;

internal sealed record ActivateAnswer(byte[] Nonce, IReadOnlyList<int> Pcrs, string Bank);
