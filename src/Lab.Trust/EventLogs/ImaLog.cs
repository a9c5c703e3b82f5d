using System.Text;
using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>
/// The kernel's IMA measurement list in its binary form (<c>/sys/kernel/security/ima/binary_runtime_measurements</c>, little-endian): a list
/// that grows while the system runs. Each template digest is compared with its data while reading.
/// </summary>
public sealed class ImaLog
{
    private const int Sha1Size = 20;
    private const int MaxTemplateName = 64; // the kernel's own limit on template names and formats is in this order
    private const int MaxTemplateData = 1024 * 1024;
    private const int LegacyNameSize = 256; // IMA_EVENT_NAME_LEN_MAX: hashed with zeros up to it and one more
    private const string Legacy = "ima";

    private ImaLog(IReadOnlyList<ImaEvent> events) => Events = events;

    /// <summary>The entries.</summary>
    public IReadOnlyList<ImaEvent> Events { get; }

    /// <summary>Whether bytes look like such a list: its first entry names an ima template.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 31
        && bytes[24] is >= 3 and <= MaxTemplateName
        && bytes[25..28].IndexOfAnyExcept((byte)0) < 0
        && (bytes[28..].StartsWith("ima"u8) || bytes[28..].StartsWith("evm"u8));

    /// <summary>Parses a whole list.</summary>
    /// <exception cref="EventLogException">It is malformed, a digest is not one of its data, or it is beyond the limits; no other exception is thrown.</exception>
    public static ImaLog Parse(ReadOnlyMemory<byte> list)
    {
        if (list.Length > EventLogLimits.MaxLogBytes)
        {
            throw new EventLogException(0, $"the list has {list.Length} bytes, above the limit of {EventLogLimits.MaxLogBytes}");
        }

        var reader = new LogReader(list.Span);
        var events = new List<ImaEvent>();
        while (reader.Remaining > 0)
        {
            if (events.Count == EventLogLimits.MaxEvents)
            {
                throw reader.Bad($"the list has more entries than the limit of {EventLogLimits.MaxEvents}");
            }

            events.Add(Read(ref reader, list, events.Count));
        }

        return new ImaLog(events);
    }

    /// <summary>
    /// The values of the PCRs that the list extends, from zeros. For other banks than SHA-1 as Linux 5.8 and later extend them: each with
    /// its own hash of the template data.
    /// </summary>
    /// <exception cref="EventLogException">The bank cannot be computed, or an entry of the old template "ima" has no digest for it.</exception>
    public PcrValues Replay(TpmAlgorithm bank)
    {
        if (!TpmHash.CanCompute(bank))
        {
            throw new EventLogException(0, $"the bank {bank} cannot be computed here");
        }

        var size = TpmHash.RequiredSizeOf(bank);
        var values = new Dictionary<int, byte[]>();
        foreach (var one in Events)
        {
            if (!values.TryGetValue(one.Pcr, out var value))
            {
                values[one.Pcr] = value = new byte[size];
            }

            TpmHash.ExtendInPlace(bank, value, DigestOf(one, bank, size));
        }

        return new PcrValues(bank, values);
    }

    private static byte[] DigestOf(ImaEvent one, TpmAlgorithm bank, int size)
    {
        if (one.IsViolation)
        {
            var ones = new byte[size];
            Array.Fill(ones, (byte)0xFF);
            return ones;
        }

        return bank == TpmAlgorithm.Sha1 ? one.TemplateDigest.ToArray() : TpmHash.Compute(bank, Hashed(one));
    }

    private static byte[] Hashed(ImaEvent one)
    {
        if (one.Template != Legacy)
        {
            return one.TemplateData.ToArray();
        }

        // The old template hashes its digest and a name field of fixed size, not what the list holds.
        var hashed = new byte[Sha1Size + LegacyNameSize + 1];
        one.TemplateData.Span[..Sha1Size].CopyTo(hashed);
        one.TemplateData.Span[(Sha1Size + 4)..].CopyTo(hashed.AsSpan(Sha1Size));
        return hashed;
    }

    private static ImaEvent Read(ref LogReader reader, ReadOnlyMemory<byte> list, int index)
    {
        var offset = reader.Position;
        var pcr = reader.U32("the PCR");
        if (pcr >= PcrSelection.PcrCount)
        {
            throw reader.Bad($"there is no PCR {pcr}", 4);
        }

        var digest = list.Slice(reader.Position, reader.Bytes(Sha1Size, "the template digest").Length);
        var template = Text(ref reader, reader.Size("the template name's size", MaxTemplateName), "the template name");
        var data = template == Legacy ? LegacyData(ref reader, list) : Data(ref reader, list);
        var one = Decode(new ImaEvent(index, offset, (int)pcr, template, digest, data), reader.Position - data.Length);
        return one.IsViolation || TpmHash.Compute(TpmAlgorithm.Sha1, Hashed(one)).AsSpan().SequenceEqual(digest.Span)
            ? one
            : throw new EventLogException(offset + 4, "the template digest is not that of its data");
    }

    private static ReadOnlyMemory<byte> Data(ref LogReader reader, ReadOnlyMemory<byte> list)
    {
        var size = reader.Size("the template data's size", MaxTemplateData);
        var start = reader.Position;
        reader.Bytes(size, "the template data");
        return list.Slice(start, size);
    }

    private static ReadOnlyMemory<byte> LegacyData(ref LogReader reader, ReadOnlyMemory<byte> list)
    {
        var start = reader.Position;
        reader.Bytes(Sha1Size, "the file's digest");
        var size = reader.Size("the file name's size", LegacyNameSize);
        reader.Bytes(size, "the file name");
        return list.Slice(start, Sha1Size + 4 + size);
    }

    private static ImaEvent Decode(ImaEvent one, int dataOffset)
    {
        var reader = new LogReader(one.TemplateData.Span, dataOffset);
        if (one.Template == Legacy)
        {
            reader.Bytes(Sha1Size, "the file's digest");
            var name = Text(ref reader, reader.Size("the file name's size", LegacyNameSize), "the file name");
            return one with { FileHash = "sha1", FileDigest = one.TemplateData[..Sha1Size], Name = name };
        }

        if (one.Template is not ("ima-ng" or "ima-sig" or "ima-buf"))
        {
            return one;
        }

        var digest = Field(ref reader, one.TemplateData, "the file's digest");
        var colon = digest.Span.IndexOf((byte)':');
        if (colon < 1 || colon + 1 >= digest.Length || digest.Span[colon + 1] != 0)
        {
            throw reader.Bad("the file's digest has no algorithm", digest.Length);
        }

        var size = reader.Size("the file name's size", MaxTemplateData);
        one = one with
        {
            FileHash = Encoding.ASCII.GetString(digest.Span[..colon]),
            FileDigest = digest[(colon + 2)..],
            Name = Text(ref reader, size, "the file name").TrimEnd('\0'),
        };
        if (one.Template != "ima-ng")
        {
            one = one with { Extra = Field(ref reader, one.TemplateData, "the signature or buffer") };
        }

        reader.End($"the fields of {one.Template}");
        return one;
    }

    private static ReadOnlyMemory<byte> Field(ref LogReader reader, ReadOnlyMemory<byte> data, string what)
    {
        var size = reader.Size(what, MaxTemplateData);
        var start = reader.Position;
        reader.Bytes(size, what);
        return data.Slice(start, size);
    }

    private static string Text(ref LogReader reader, int size, string what)
    {
        var bytes = reader.Bytes(size, what);
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // File names on Linux are bytes: those that are no text are shown as Latin-1.
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
