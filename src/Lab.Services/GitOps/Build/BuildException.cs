namespace Lab.Services.GitOps.Build;

/// <summary>Why manifests could not be built; the message goes into the object's condition.</summary>
internal sealed class BuildException(string message, Exception? inner = null) : Exception(message, inner);
