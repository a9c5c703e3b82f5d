namespace Lab.Services.GitOps.Health;

/// <summary>What was applied did not become healthy; the message goes into the object's condition.</summary>
internal sealed class HealthCheckException(string message) : Exception(message);
