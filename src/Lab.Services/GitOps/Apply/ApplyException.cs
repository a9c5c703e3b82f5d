namespace Lab.Services.GitOps.Apply;

/// <summary>Why objects could not be applied or deleted; the message goes into the object's condition.</summary>
internal sealed class ApplyException(string message, Exception? inner = null) : Exception(message, inner);
