using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Lab.Trust.Prediction;

/// <summary>What a U-Boot binary says of itself in its measurements: its version string and its SMBIOS tables.</summary>
/// <param name="Version">The whole version string, as the banner shows it.</param>
/// <param name="Release">The release inside it, such as <c>2023.01+dfsg-2</c>.</param>
/// <param name="BiosDate">The date in the SMBIOS table, MM/DD/YYYY.</param>
public sealed partial record UBootFirmware(string Version, string Release, string BiosDate)
{
    /// <summary>The one U-Boot release whose SMBIOS tables are known here.</summary>
    private const string KnownRelease = "2023.01";

    /// <summary>Reads version and date out of the binary.</summary>
    /// <exception cref="PredictionException">
    /// No version string, several different ones, or a release whose tables are not known.
    /// </exception>
    public static UBootFirmware Parse(ReadOnlySpan<byte> binary)
    {
        string text = Encoding.Latin1.GetString(binary);
        string[] versions =
        [
            .. VersionPattern().Matches(text).Select(match => match.Groups["version"].Value).Distinct(StringComparer.Ordinal),
        ];
        if (versions.Length != 1)
        {
            throw new PredictionException(
                $"The firmware holds {versions.Length} U-Boot version strings; exactly one is needed to predict PCR 0."
            );
        }

        string release = versions[0].Split(' ')[1];
        if (!release.StartsWith(KnownRelease, StringComparison.Ordinal))
        {
            throw new PredictionException($"The firmware is U-Boot {release}; PCR 1 can be predicted for {KnownRelease} only.");
        }

        // U-Boot derives the date from the release (U_BOOT_DMI_DATE): the first day of its month.
        string date = $"{release.AsSpan(5, 2)}/01/{release.AsSpan(0, 4)}";
        if (!text.Contains($"\0{date}\0", StringComparison.Ordinal))
        {
            throw new PredictionException($"The firmware does not hold the SMBIOS date {date} that its release implies.");
        }

        return new UBootFirmware(versions[0], release, date);
    }

    /// <summary>
    /// The event data of EV_EFI_HANDOFF_TABLES2: UEFI_HANDOFF_TABLE_POINTERS2 with the SMBIOS tables that U-Boot makes
    /// for a board whose device tree has no SMBIOS node (lib/smbios.c), serial numbers cleared.
    /// </summary>
    public byte[] SmbiosEvent()
    {
        var data = new List<byte>();
        byte[] description = Encoding.ASCII.GetBytes("SmbiosTable\0");
        data.Add((byte)description.Length);
        data.AddRange(description);
        byte[] count = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(count, 1);
        data.AddRange(count);
        data.AddRange(new Guid("EB9D2D31-2D88-11D3-9A16-0090273FC14D").ToByteArray());
        byte year = (byte)(int.Parse(Release.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture) % 100);
        byte month = byte.Parse(Release.AsSpan(5, 2), NumberStyles.None, CultureInfo.InvariantCulture);

        // Type 0, BIOS information: strings 1–3, characteristics (PCI, upgradable, selectable boot), UEFI, release.
        Add(
            data,
            0,
            0,
            [1, 2, 0, 0, 3, 0, 0x80, 0x08, 0x01, 0, 0, 0, 0, 0, 0, 0x0C, year, month, 0xFF, 0xFF],
            "U-Boot",
            Release,
            BiosDate
        );
        // Type 1, system: manufacturer, product; no serial number, UUID, SKU or family.
        Add(data, 1, 1, [1, 2, .. new byte[21]], "Unknown", "Unknown Product");
        // Type 2, baseboard: a motherboard (10).
        Add(data, 2, 2, [1, 2, 0, 0, 0, 1, 0, 0, 0, 0x0A], "Unknown", "Unknown Product");
        // Type 3, chassis: desktop (3), all states safe (3).
        Add(data, 3, 3, [1, 3, 0, 0, 0, 3, 3, 3, 3, .. new byte[8]], "Unknown");
        // Type 4, processor: central (3), family unknown (2), enabled (1), upgrade none (6), no cache handles, second family unknown (2).
        Add(
            data,
            4,
            4,
            [0, 3, 2, 1, .. new byte[8], 1, .. new byte[7], 1, 6, .. Filled(6, 0xFF), .. new byte[8], 2, .. new byte[7]],
            "Unknown"
        );
        // Type 32, boot status; type 127, end.
        Add(data, 32, 5, new byte[7]);
        Add(data, 127, 6, []);
        return [.. data];
    }

    private static byte[] Filled(int count, byte value)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private static void Add(List<byte> data, byte type, ushort handle, byte[] fields, params string[] strings)
    {
        data.AddRange([type, (byte)(fields.Length + 4), (byte)handle, (byte)(handle >> 8)]);
        data.AddRange(fields);
        foreach (string text in strings)
        {
            data.AddRange(Encoding.ASCII.GetBytes(text));
            data.Add(0);
        }

        // A structure without strings still ends in two zeros (SMBIOS 6.1.3).
        data.AddRange(strings.Length == 0 ? [0, 0] : [0]);
    }

    [GeneratedRegex(
        @"(?<version>U-Boot \d{4}\.\d{2}[!-~]{0,64} \([A-Z][a-z]{2} \d{2} \d{4} - \d{2}:\d{2}:\d{2} [+-]\d{4}\)[ -~]{0,64})\n*\0",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex VersionPattern();
}
