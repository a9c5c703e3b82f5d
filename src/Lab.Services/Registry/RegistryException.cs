namespace Lab.Services.Registry;

/// <summary>A request that the distribution specification answers with an error body.</summary>
internal sealed class RegistryException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>One of the specification's codes, "Error Codes".</summary>
    public string Code { get; } = code;

    public static RegistryException BlobUnknown(string digest) =>
        new(404, "BLOB_UNKNOWN", $"no blob {digest} in this repository");

    public static RegistryException UploadUnknown() =>
        new(404, "BLOB_UPLOAD_UNKNOWN", "no such upload: it was completed, cancelled or expired");

    public static RegistryException UploadInvalid(string message) => new(400, "BLOB_UPLOAD_INVALID", message);

    public static RegistryException OutOfOrder(long have) =>
        new(416, "BLOB_UPLOAD_INVALID", $"the chunk does not begin at {have}, where the upload stands");

    public static RegistryException DigestInvalid(string message) => new(400, "DIGEST_INVALID", message);

    public static RegistryException ManifestUnknown(string reference) =>
        new(404, "MANIFEST_UNKNOWN", $"no manifest {reference} in this repository");

    public static RegistryException ManifestInvalid(string message) => new(400, "MANIFEST_INVALID", message);

    public static RegistryException ManifestBlobUnknown(string digest) =>
        new(404, "MANIFEST_BLOB_UNKNOWN", $"the manifest names {digest}, which is not in this repository");

    public static RegistryException NameInvalid() =>
        new(400, "NAME_INVALID", "the repository name is not as the specification says");

    public static RegistryException NameUnknown(string name) => new(404, "NAME_UNKNOWN", $"no repository {name}");

    public static RegistryException SizeInvalid(string message) => new(413, "SIZE_INVALID", message);

    public static RegistryException ReadOnly() =>
        new(403, "DENIED", "the registry is read-only for boards: images are published by the rig's controller alone");

    public static RegistryException Fixed(string reference) =>
        new(403, "DENIED", $"{reference} was published by the lab and stays what it is for this run: use another tag");

    public static RegistryException Unsupported() => new(405, "UNSUPPORTED", "the method is not supported here");

    public static RegistryException TooMany(string message) => new(429, "TOOMANYREQUESTS", message);

    public static RegistryException NotFound() => new(404, "UNSUPPORTED", "no such endpoint");
}
