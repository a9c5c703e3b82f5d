using System.Globalization;

namespace Lab.BootAgent.Kexec;

/// <summary>The free physical memory that a next kernel may be put into, and what was taken of it.</summary>
internal sealed class MemoryMap
{
    private readonly List<MemoryRange> _free;

    private MemoryMap(List<MemoryRange> free) => _free = free;

    /// <summary>
    /// Reads <c>/proc/iomem</c>: all of "System RAM" but what is "reserved" in it (firmware tables, event log, run-time services).
    /// Our own kernel's memory counts as free: it is gone when the next one starts.
    /// </summary>
    /// <exception cref="FormatException">A line is malformed, or the addresses are hidden.</exception>
    public static MemoryMap Parse(string text)
    {
        var free = new List<MemoryRange>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (range, name) = ParseLine(line);
            if (line[0] != ' ' && name == "System RAM")
                free.Add(range);
            else if (line[0] == ' ' && name == "reserved")
                free = [.. free.SelectMany(each => Without(each, range))];
        }

        if (free.TrueForAll(range => range.Size <= 1))
            throw new FormatException("/proc/iomem shows no memory");
        free.Sort((left, right) => left.Start.CompareTo(right.Start));
        return new MemoryMap(free);
    }

    /// <summary>Takes the lowest place that is large enough.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="alignment">A power of two, at least a page.</param>
    /// <param name="offset">Bytes from the aligned address to the place.</param>
    /// <returns>The place's address.</returns>
    /// <exception cref="FormatException">No place is large enough.</exception>
    public ulong Take(ulong size, ulong alignment, ulong offset = 0)
    {
        for (var i = 0; i < _free.Count; i++)
        {
            var range = _free[i];
            var start = ((range.Start + alignment - 1) & ~(alignment - 1)) + offset;
            if (start < range.Start || start > range.End || range.End - start < size)
                continue;
            _free.RemoveAt(i);
            _free.InsertRange(i, Without(range, new MemoryRange(start, start + size)));
            return start;
        }

        throw new FormatException($"no {size} bytes of free memory in one piece");
    }

    private static IEnumerable<MemoryRange> Without(MemoryRange range, MemoryRange hole)
    {
        if (hole.End <= range.Start || hole.Start >= range.End)
        {
            yield return range;
            yield break;
        }

        if (range.Start < hole.Start)
            yield return range with
            {
                End = hole.Start,
            };
        if (hole.End < range.End)
            yield return range with
            {
                Start = hole.End,
            };
    }

    private static (MemoryRange Range, string Name) ParseLine(string line)
    {
        var parts = line.Split(" : ", 2);
        var ends = parts[0].Trim().Split('-');
        if (
            parts.Length != 2
            || ends.Length != 2
            || !ulong.TryParse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var start)
            || !ulong.TryParse(ends[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var last)
            || last < start
            || last == ulong.MaxValue
        )
            throw new FormatException($"/proc/iomem: '{line}'");
        return (new MemoryRange(start, last + 1), parts[1].TrimEnd());
    }
}
