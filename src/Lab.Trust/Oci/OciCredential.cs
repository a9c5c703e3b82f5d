namespace Lab.Trust.Oci;

/// <summary>A user name and a password or token, for basic authentication and for the token service.</summary>
public sealed record OciCredential(string User, string Password)
{
    /// <summary>Without the password, so that it does not get into logs.</summary>
    public override string ToString() => $"OciCredential {{ User = {User} }}";
}
