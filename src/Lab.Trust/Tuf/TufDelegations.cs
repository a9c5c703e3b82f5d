using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>The <c>delegations</c> of a targets role: keys, and roles by path pattern, hash prefix or hash bin (TAP 15).</summary>
internal sealed class TufDelegations
{
    /// <summary>Our limits on one role's list.</summary>
    private const int MaximumRoles = 4096;

    private const int MaximumPaths = 16_384;

    /// <summary>TAP 15: the bin number is taken from the first 32 bits.</summary>
    private const int MaximumBitLength = 32;

    private readonly List<(TufDelegation Delegation, Func<string, bool> Matches)> _roles = [];
    private readonly (TufRole Role, int BitLength, string Prefix)? _bins;

    public TufDelegations(JsonElement element)
    {
        Keys = TufParser.Keys(element);
        var roles = StrictJson.Optional(element, "roles", JsonValueKind.Array);
        var bins = StrictJson.Optional(element, "succinct_roles", JsonValueKind.Object);
        if (roles is null == bins is null)
        {
            throw StrictJson.Invalid("delegations need either 'roles' or 'succinct_roles'.");
        }
        if (bins is { } succinct)
        {
            var bits = StrictJson.Integer(succinct, "bit_length", minimum: 1);
            _bins =
                bits <= MaximumBitLength
                    ? (TufParser.Role(succinct), (int)bits, StrictJson.String(succinct, "name_prefix"))
                    : throw StrictJson.Invalid($"'bit_length' is over {MaximumBitLength}.");
            return;
        }
        ReadRoles(roles!.Value);
    }

    public IReadOnlyDictionary<string, TufKey> Keys { get; }

    /// <summary>The delegated roles responsible for the path, in their order.</summary>
    public IEnumerable<TufDelegation> For(string path)
    {
        if (_bins is { } bins)
        {
            return [new TufDelegation(BinName(path, bins.BitLength, bins.Prefix), bins.Role, Terminating: true)];
        }
        return _roles.Where(role => role.Matches(path)).Select(role => role.Delegation);
    }

    private void ReadRoles(JsonElement roles)
    {
        if (roles.GetArrayLength() > MaximumRoles)
        {
            throw StrictJson.Invalid($"more than {MaximumRoles} delegated roles.");
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in roles.EnumerateArray())
        {
            var name = StrictJson.String(item, "name");
            // A delegated role with a top-level name would take that role's file.
            if (name.Length == 0 || TufRoles.IsTopLevel(name) || !names.Add(name))
            {
                throw StrictJson.Invalid($"delegated role name '{name}' is not allowed here.");
            }
            var delegation = new TufDelegation(name, TufParser.Role(item), StrictJson.Boolean(item, "terminating"));
            _roles.Add((delegation, Matcher(item)));
        }
    }

    private static Func<string, bool> Matcher(JsonElement item)
    {
        var paths = StrictJson.Optional(item, "paths", JsonValueKind.Array);
        var prefixes = StrictJson.Optional(item, "path_hash_prefixes", JsonValueKind.Array);
        if (paths is null == prefixes is null)
        {
            throw StrictJson.Invalid("a delegation needs either 'paths' or 'path_hash_prefixes'.");
        }
        if (paths is { } patterns)
        {
            var list = StrictJson.Strings(patterns, "paths", MaximumPaths);
            return path => list.Any(pattern => TufPathPattern.Matches(pattern, path));
        }
        var hashes = StrictJson.Strings(prefixes!.Value, "path_hash_prefixes", MaximumPaths);
        return path =>
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
            return hashes.Any(prefix => hash.StartsWith(prefix, StringComparison.Ordinal));
        };
    }

    private static string BinName(string path, int bits, string prefix)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(path));
        var bin = BinaryPrimitives.ReadUInt32BigEndian(hash) >> (MaximumBitLength - bits);
        var digits = (bits + 3) / 4;
        return $"{prefix}-{bin.ToString($"x{digits}")}";
    }
}
