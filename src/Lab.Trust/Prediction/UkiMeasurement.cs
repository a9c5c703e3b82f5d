using System.Text;

namespace Lab.Trust.Prediction;

/// <summary>
/// What a unified kernel image makes firmware, systemd-stub (version 257) and the kernel's EFI stub measure.
/// </summary>
internal sealed class UkiMeasurement
{
    /// <summary>The stub's canonical order; only sections that it measures (UAPI specification "Unified Kernel Image").</summary>
    private static readonly string[] MeasuredSections =
    [
        ".linux",
        ".osrel",
        ".cmdline",
        ".initrd",
        ".ucode",
        ".splash",
        ".dtb",
        ".uname",
        ".sbat",
        ".pcrpkey",
    ];

    /// <summary>Sections that choose among several payloads: which one a board takes does not follow from the file.</summary>
    private static readonly string[] UnsupportedSections = [".profile", ".dtbauto", ".hwids", ".efifw"];

    private readonly PeImage _image;
    private readonly Dictionary<string, byte[]> _sections = new(StringComparer.Ordinal);

    public UkiMeasurement(ReadOnlyMemory<byte> uki)
    {
        _image = PeImage.Parse(uki);
        foreach (PeSection section in _image.Sections)
        {
            if (UnsupportedSections.Contains(section.Name))
            {
                throw new PredictionException(
                    $"The UKI has a section {section.Name}, whose measurement depends on the board it runs on."
                );
            }

            if (!_sections.TryAdd(section.Name, []))
            {
                throw new PredictionException($"The UKI has two sections {section.Name}.");
            }

            _sections[section.Name] = _image.LoadedContent(section);
        }

        Kernel = Section(".linux") ?? throw new PredictionException("The UKI has no section .linux.");
        CommandLine = DecodeCommandLine(Section(".cmdline"));
    }

    /// <summary>The kernel as it lies in memory: its file, then the zeros up to the section's virtual size.</summary>
    public byte[] Kernel { get; }

    /// <summary>The command line that the kernel gets.</summary>
    public string CommandLine { get; }

    public byte[] ImageDigest() => _image.AuthenticodeSha256();

    public byte[] KernelImageDigest() => PeImage.Parse(Kernel).AuthenticodeSha256();

    /// <summary>Names and contents of the measured sections, in the order of measurement.</summary>
    public IEnumerable<(string Name, byte[] Content)> Sections() =>
        MeasuredSections.Where(name => Section(name) is not null).Select(name => (name, _sections[name]));

    /// <summary>Load options as the kernel's EFI stub measures them: UTF-16 with a NUL; null without a command line.</summary>
    public byte[]? LoadOptions() => Section(".cmdline") is null ? null : Encoding.Unicode.GetBytes(CommandLine + "\0");

    /// <summary>
    /// The initial RAM disk that the kernel receives: the UKI's own, then small archives that the stub makes of other
    /// sections, each padded to four bytes; null if there is none at all.
    /// </summary>
    public byte[]? Initrd()
    {
        List<byte[]> parts = [];
        AddPart(parts, ".ucode", null);
        AddPart(parts, ".initrd", null);
        AddPart(parts, ".pcrsig", "tpm2-pcr-signature.json");
        AddPart(parts, ".pcrpkey", "tpm2-pcr-public-key.pem");
        AddPart(parts, ".osrel", "os-release");
        if (parts.Count <= 1)
        {
            return parts.SingleOrDefault();
        }

        var joined = new List<byte>();
        foreach (byte[] part in parts)
        {
            joined.AddRange(part);
            joined.AddRange(new byte[(4 - part.Length % 4) % 4]);
        }

        return [.. joined];
    }

    private byte[]? Section(string name) =>
        _sections.TryGetValue(name, out byte[]? content) && content.Length > 0 ? content : null;

    private void AddPart(List<byte[]> parts, string section, string? fileName)
    {
        if (Section(section) is { } content)
        {
            parts.Add(fileName is null ? content : StubArchive.Wrap(fileName, content));
        }
    }

    private static string DecodeCommandLine(byte[]? content)
    {
        if (content is null)
        {
            return "";
        }

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (ArgumentException error)
        {
            throw new PredictionException("The UKI's command line is not UTF-8.", error);
        }

        // The stub rewrites such lines before it passes them on.
        if (text.Any(char.IsControl) || text.Trim() != text)
        {
            throw new PredictionException("The UKI's command line has control characters or outer white space.");
        }

        return text;
    }
}
