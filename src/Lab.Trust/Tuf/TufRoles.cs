namespace Lab.Trust.Tuf;

/// <summary>Names of the four top-level roles (spec 2.1).</summary>
public static class TufRoles
{
    public const string Root = "root";
    public const string Timestamp = "timestamp";
    public const string Snapshot = "snapshot";
    public const string Targets = "targets";

    /// <summary>In the order in which a client reads them.</summary>
    public static IReadOnlyList<string> TopLevel { get; } = [Root, Timestamp, Snapshot, Targets];

    internal static bool IsTopLevel(string role) => role is Root or Timestamp or Snapshot or Targets;
}
