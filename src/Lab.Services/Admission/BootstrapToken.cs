using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Lab.Services.Admission;

/// <summary>A bootstrap token: <c>[a-z0-9]{6}.[a-z0-9]{16}</c>; its id is public, its secret is not (some 83 bits).</summary>
internal sealed partial record BootstrapToken(string Id, string Secret)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string UserPrefix = "system:bootstrap:";
    private const int IdLength = 6;
    private const int SecretLength = 16;

    /// <summary>The whole token, as it is released.</summary>
    public string Text => $"{Id}.{Secret}";

    /// <summary>The name of its Secret in kube-system.</summary>
    public string SecretName => SecretNameOf(Id);

    public static string SecretNameOf(string id) => $"bootstrap-token-{id}";

    /// <summary>A new one, from the system's random number generator.</summary>
    public static BootstrapToken Create() =>
        new(RandomNumberGenerator.GetString(Alphabet, IdLength), RandomNumberGenerator.GetString(Alphabet, SecretLength));

    /// <summary>The id of the token with which a user authenticated; null for a user that is not a bootstrap token's.</summary>
    public static string? FindIdOf(string? user) =>
        user is not null && user.StartsWith(UserPrefix, StringComparison.Ordinal) && IdForm().IsMatch(user[UserPrefix.Length..])
            ? user[UserPrefix.Length..]
            : null;

    /// <summary>Never the secret: this is what ends up in logs.</summary>
    public override string ToString() => Id;

    [GeneratedRegex(@"\A[a-z0-9]{6}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IdForm();
}
