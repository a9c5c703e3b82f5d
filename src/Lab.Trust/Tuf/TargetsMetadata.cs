using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>A targets role, top-level or delegated (spec 4.5).</summary>
internal sealed class TargetsMetadata
{
    private readonly JsonElement _targets;

    private TargetsMetadata(TufMetadata envelope, string role)
    {
        Envelope = envelope;
        Role = role;
        _targets = StrictJson.Member(envelope.Signed, "targets", JsonValueKind.Object);
        foreach (var member in _targets.EnumerateObject())
        {
            Target(member.Name, member.Value);
        }
        Delegations = StrictJson.Optional(envelope.Signed, "delegations", JsonValueKind.Object) is { } delegations
            ? new TufDelegations(delegations)
            : null;
    }

    public TufMetadata Envelope { get; }

    public string Role { get; }

    public TufDelegations? Delegations { get; }

    public static TargetsMetadata Parse(byte[] bytes, string role)
    {
        try
        {
            return new TargetsMetadata(TufMetadata.Parse(bytes, TufRoles.Targets), role);
        }
        catch (InvalidOperationException e)
        {
            throw StrictJson.Invalid(e.Message, e);
        }
    }

    public TufTarget? Find(string path) => _targets.TryGetProperty(path, out var element) ? Target(path, element) : null;

    private TufTarget Target(string path, JsonElement element) =>
        new(
            path,
            StrictJson.Integer(element, "length", minimum: 0),
            TufParser.Hashes(StrictJson.Member(element, "hashes", JsonValueKind.Object)),
            element.TryGetProperty("custom", out var custom) ? custom : null,
            Role
        );
}
