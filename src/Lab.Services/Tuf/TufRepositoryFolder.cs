using System.Globalization;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;

namespace Lab.Services.Tuf;

/// <summary>
/// A TUF repository with its private keys in a folder: <c>metadata/</c> to be served, <c>keys/ROLE-N.pem</c> (mode 0600) to be guarded.
/// What <c>hwlab tuf repo …</c> works on. Every operation publishes; none is for use by two threads at once.
/// </summary>
public sealed class TufRepositoryFolder(string path, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Where the signed metadata is.</summary>
    public string MetadataPath => System.IO.Path.Combine(Path, "metadata");

    /// <summary>Where the private keys are.</summary>
    public string KeysPath => System.IO.Path.Combine(Path, "keys");

    /// <summary>Whether there is a repository.</summary>
    public bool Exists => File.Exists(System.IO.Path.Combine(MetadataPath, "timestamp.json"));

    /// <summary>Makes keys and the first version of all roles.</summary>
    /// <exception cref="TufException">There is a repository already, or it cannot be written.</exception>
    public TufVersions Initialise(TufRepositoryPlan plan)
    {
        if (Exists)
            throw new TufException(TufErrorCode.Storage, $"{Path} holds a repository already.");
        // What an interrupted attempt has left is no repository: keys that signed nothing, metadata without a timestamp.
        if (Directory.Exists(MetadataPath))
            Directory.Delete(MetadataPath, recursive: true);
        if (Directory.Exists(KeysPath))
            Directory.Delete(KeysPath, recursive: true);
        Directory.CreateDirectory(KeysPath, OwnerOnly);
        var signers = new List<ITufSigner>();
        var roles = new Dictionary<string, TufRolePlan>(StringComparer.Ordinal);
        foreach (var role in TufRoles.TopLevel)
            roles[role] = NewKeys(role, plan.Roles[role], signers);
        TufRepository.Create(MetadataPath, roles, signers, time);
        return Versions();
    }

    /// <summary>The repository with all keys of this folder. Changes are published by the caller.</summary>
    /// <exception cref="TufException">There is none, or it is damaged.</exception>
    public TufRepository Open() =>
        Exists
            ? TufRepository.Open(MetadataPath, Signers(), time)
            : throw new TufException(TufErrorCode.Storage, $"{Path} holds no repository.");

    /// <summary>Signs the given roles again, with new versions and expiries; snapshot and timestamp follow.</summary>
    /// <exception cref="TufException">There is no such role, or too few keys are here.</exception>
    public TufVersions Sign(params IReadOnlyList<string> roles)
    {
        var repository = Open();
        foreach (var role in roles)
            repository.Touch(role);
        return repository.Publish();
    }

    /// <summary>Gives a role new keys. The next root is signed by its old keys too. The private halves of the old ones are removed when all is published.</summary>
    /// <exception cref="TufException">There is no such top-level role, or too few keys are here.</exception>
    public TufVersions Rotate(string role, TufKeyPlan plan)
    {
        var repository = Open();
        var old = KeyFiles(role);
        var signers = new List<ITufSigner>();
        var keys = NewKeys(role, plan, signers);
        foreach (var signer in signers)
            repository.AddSigner(signer);
        repository.Rotate(role, keys);
        var versions = repository.Publish();
        foreach (var file in old)
            File.Delete(file);
        return versions;
    }

    /// <summary>Adds or replaces a target whose bytes are the content of a file.</summary>
    /// <exception cref="TufException">The file cannot be read.</exception>
    public TufVersions Add(string target, string file)
    {
        var repository = Open();
        repository.AddTarget(target, ReadContent(file));
        return repository.Publish();
    }

    /// <summary>Adds or replaces an OS target: the file is its OCI manifest.</summary>
    /// <exception cref="TufException">The file cannot be read.</exception>
    public TufVersions AddOci(string target, string repositoryName, string manifestFile)
    {
        var repository = Open();
        repository.AddOciTarget(target, repositoryName, ReadContent(manifestFile));
        return repository.Publish();
    }

    /// <summary>Removes a target.</summary>
    /// <exception cref="TufException">There is no such target.</exception>
    public TufVersions Remove(string target)
    {
        var repository = Open();
        if (!repository.RemoveTarget(target))
            throw new TufException(TufErrorCode.TargetMissing, $"no target '{target}'.");
        return repository.Publish();
    }

    /// <summary>Lets another role sign for targets whose names match the patterns.</summary>
    /// <exception cref="TufException">The role's name is not allowed.</exception>
    public TufVersions Delegate(string role, IReadOnlyList<string> paths, TufKeyPlan plan, bool terminating)
    {
        var repository = Open();
        var signers = new List<ITufSigner>();
        var keys = NewKeys(role, plan, signers);
        foreach (var signer in signers)
            repository.AddSigner(signer);
        repository.Delegate(new TufDelegationPlan(role, keys) { Paths = paths, Terminating = terminating });
        return repository.Publish();
    }

    /// <summary>The targets that the newest metadata names itself, delegations left out.</summary>
    /// <exception cref="TufException">There is no repository.</exception>
    public IReadOnlyList<ServedTarget> Targets() => ServedMetadata.Targets(ServedMetadata.Read(MetadataPath));

    /// <summary>The newest published versions.</summary>
    /// <exception cref="TufException">There is no repository.</exception>
    public TufVersions Versions() => ServedMetadata.Versions(ServedMetadata.Read(MetadataPath));

    private TufRolePlan NewKeys(string role, TufKeyPlan plan, List<ITufSigner> signers)
    {
        if (plan.Threshold < 1 || plan.Keys < plan.Threshold)
            throw new TufException(TufErrorCode.Invalid, $"{plan.Keys} keys cannot reach a threshold of {plan.Threshold}.");
        if (role.Length == 0 || !role.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            throw new TufException(TufErrorCode.Invalid, $"'{role}' cannot be a role's name here.");
        var first = KeyFiles(role).Select(NumberOf).DefaultIfEmpty(0).Max() + 1;
        var made = new List<TufKey>();
        for (var number = first; number < first + plan.Keys; number++)
        {
            var signer = EcdsaTufSigner.Create();
            signer.Save(System.IO.Path.Combine(KeysPath, $"{role}-{number.ToString(CultureInfo.InvariantCulture)}.pem"));
            signers.Add(signer);
            made.Add(signer.Key);
        }
        return new TufRolePlan(made, plan.Threshold, plan.Validity);
    }

    private string[] KeyFiles(string role) =>
        Directory.Exists(KeysPath)
            ? [.. Directory.GetFiles(KeysPath, $"{role}-*.pem").Where(file => NumberOf(file) > 0 && RoleOf(file) == role)]
            : [];

    private List<ITufSigner> Signers() =>
        Directory.Exists(KeysPath)
            ? [.. Directory.GetFiles(KeysPath, "*.pem").Order(StringComparer.Ordinal).Select(EcdsaTufSigner.Load)]
            : [];

    private static string RoleOf(string keyFile)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(keyFile);
        return name[..Math.Max(0, name.LastIndexOf('-'))];
    }

    private static int NumberOf(string keyFile)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(keyFile);
        return int.TryParse(
            name.AsSpan(name.LastIndexOf('-') + 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : 0;
    }

    private static byte[] ReadContent(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TufException(TufErrorCode.Storage, exception.Message, exception);
        }
    }
}
