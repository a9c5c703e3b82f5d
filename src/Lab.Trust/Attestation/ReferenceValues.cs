using System.Globalization;
using System.Text.Json;
using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>
/// What a good board's PCRs must show. A verifier quotes exactly these PCRs: one without a reference value would be a check not made.
/// As JSON: <c>{"schema":"hwlab.reference-values/1","description":"…","bank":"sha256","pcr0Start":"hex","pcrs":{"8":["hex",…]}}</c>.
/// </summary>
public sealed class ReferenceValues
{
    /// <summary>The schema's name and version.</summary>
    public const string Schema = "hwlab.reference-values/1";

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxJsonBytes = 1024 * 1024;

    /// <summary>Makes reference values.</summary>
    /// <param name="description">What they are of, for a person.</param>
    /// <param name="pcrs">PCR → the allowed values; at least one each.</param>
    /// <param name="bank">The bank; SHA-1 is none that can be trusted.</param>
    /// <param name="pcr0Start">PCR 0 before the first logged event (<see cref="EventLogs.HardwareCrtm"/>); null where nothing beneath measures.</param>
    /// <exception cref="ReferenceValuesException">No PCR, a PCR without values, a value of the wrong size, or a forbidden bank.</exception>
    public ReferenceValues(
        string description,
        IReadOnlyDictionary<int, IReadOnlyList<byte[]>> pcrs,
        TpmAlgorithm bank = TpmAlgorithm.Sha256,
        byte[]? pcr0Start = null
    )
    {
        ArgumentNullException.ThrowIfNull(pcrs);
        Description = description;
        Bank = bank;
        Pcrs = new SortedDictionary<int, IReadOnlyList<byte[]>>(pcrs.ToDictionary());
        Pcr0Start = pcr0Start;
        Check();
    }

    private ReferenceValues(TpmAlgorithm bank, byte[]? pcr0Start)
    {
        Description = "none";
        Bank = bank;
        Pcrs = new SortedDictionary<int, IReadOnlyList<byte[]>>();
        Pcr0Start = pcr0Start;
    }

    /// <summary>What they are of.</summary>
    public string Description { get; }

    /// <summary>The PCR bank.</summary>
    public TpmAlgorithm Bank { get; }

    /// <summary>PCR → allowed values.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<byte[]>> Pcrs { get; }

    /// <summary>PCR 0 before the first logged event, or null.</summary>
    public byte[]? Pcr0Start { get; }

    /// <summary>The PCRs that must be quoted.</summary>
    public PcrSelection Selection => PcrSelection.Of(Bank, Pcrs.Keys);

    /// <summary>No values at all: for a policy that judges every PCR by its events.</summary>
    internal static ReferenceValues None(TpmAlgorithm bank, byte[]? pcr0Start) => new(bank, pcr0Start);

    /// <summary>Reference values from one set of PCR values, such as a prediction.</summary>
    public static ReferenceValues From(string description, PcrValues values, byte[]? pcr0Start = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new ReferenceValues(
            description,
            values.All.ToDictionary(one => one.Key, IReadOnlyList<byte[]> (one) => [one.Value]),
            values.Bank,
            pcr0Start
        );
    }

    /// <summary>Reads the JSON form; unknown and doubled keys are refused.</summary>
    /// <exception cref="ReferenceValuesException">It is not of that form.</exception>
    public static ReferenceValues Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxJsonBytes)
        {
            throw new ReferenceValuesException($"{json.Length} bytes are above the limit of {MaxJsonBytes}");
        }

        try
        {
            var document =
                JsonSerializer.Deserialize(json, AttestationJson.Default.ReferenceValuesDocument)
                ?? throw new ReferenceValuesException("the document is null");
            if (document.Schema != Schema)
            {
                throw new ReferenceValuesException($"the schema is '{document.Schema}', not '{Schema}'");
            }

            return new ReferenceValues(
                document.Description,
                document.Pcrs.ToDictionary(
                    one => one.Key,
                    IReadOnlyList<byte[]> (one) => [.. one.Value.Select(value => Convert.FromHexString(value))]
                ),
                ParseBank(document.Bank),
                document.Pcr0Start is { } start ? Convert.FromHexString(start) : null
            );
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new ReferenceValuesException(e.Message, e);
        }
    }

    /// <summary>The JSON form, indented, UTF-8.</summary>
    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ReferenceValuesDocument
            {
                Schema = Schema,
                Description = Description,
                Bank = Bank.ToString().ToLowerInvariant(),
                Pcr0Start = Pcr0Start is null ? null : Convert.ToHexStringLower(Pcr0Start),
                Pcrs = new SortedDictionary<int, IReadOnlyList<string>>(
                    Pcrs.ToDictionary(
                        one => one.Key,
                        IReadOnlyList<string> (one) => [.. one.Value.Select(Convert.ToHexStringLower)]
                    )
                ),
            },
            AttestationJson.Default.ReferenceValuesDocument
        );

    /// <summary>Whether a PCR may have this value; false for a PCR without reference values.</summary>
    public bool Allows(int pcr, ReadOnlySpan<byte> value)
    {
        if (!Pcrs.TryGetValue(pcr, out var allowed))
        {
            return false;
        }

        foreach (var one in allowed)
        {
            if (value.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }

    private static TpmAlgorithm ParseBank(string bank) =>
        bank switch
        {
            "sha256" => TpmAlgorithm.Sha256,
            "sha384" => TpmAlgorithm.Sha384,
            "sha512" => TpmAlgorithm.Sha512,
            _ => throw new ReferenceValuesException($"the bank '{bank}' is not sha256, sha384 or sha512"),
        };

    private void Check()
    {
        if (Bank is not (TpmAlgorithm.Sha256 or TpmAlgorithm.Sha384 or TpmAlgorithm.Sha512))
        {
            throw new ReferenceValuesException($"the bank {Bank} cannot be trusted");
        }

        var size = TpmHash.RequiredSizeOf(Bank);
        if (Pcrs.Count == 0 || Pcr0Start is { } start && start.Length != size)
        {
            throw new ReferenceValuesException(Pcrs.Count == 0 ? "they name no PCR" : $"pcr0Start does not have {size} bytes");
        }

        foreach (var (pcr, values) in Pcrs)
        {
            if (pcr is < 0 or >= PcrSelection.PcrCount || values.Count == 0 || values.Any(value => value.Length != size))
            {
                var name = pcr.ToString(CultureInfo.InvariantCulture);
                throw new ReferenceValuesException($"pcrs.{name} needs a PCR from 0 to 23 and values of {size} bytes");
            }
        }
    }
}
