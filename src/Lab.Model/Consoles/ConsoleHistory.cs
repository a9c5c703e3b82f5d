using Lab.Model.Errors;

namespace Lab.Model.Consoles;

/// <summary>
/// What a console has said, in memory: chunks with their times, and where the line was lost. Bounded; the oldest bytes go first. Not
/// thread-safe: its engine guards it.
/// </summary>
/// <param name="capacity">Bytes kept, each chunk's bookkeeping counted in.</param>
internal sealed class ConsoleHistory(long capacity)
{
    private const int BlockSize = 64 * 1024;
    private const int ChunkOverhead = 64;

    private readonly List<ConsoleChunk> _chunks = [];
    private readonly List<LineLoss> _losses = [];
    private byte[] _block = [];
    private int _blockUsed;
    private int _forgotten;
    private long _held;

    /// <summary>The position after the last byte.</summary>
    public long End { get; private set; }

    /// <summary>How often the line was lost.</summary>
    public int Losses => _losses.Count;

    public ConsoleChunk Append(ReadOnlySpan<byte> bytes, DateTimeOffset receivedAt)
    {
        if (_block.Length - _blockUsed < bytes.Length)
        {
            _block = new byte[Math.Max(BlockSize, bytes.Length)];
            _blockUsed = 0;
        }
        bytes.CopyTo(_block.AsSpan(_blockUsed));
        var chunk = new ConsoleChunk(End, _block.AsMemory(_blockUsed, bytes.Length), receivedAt);
        _blockUsed += bytes.Length;
        _chunks.Add(chunk);
        End += bytes.Length;
        _held += bytes.Length + ChunkOverhead;
        Forget();
        return chunk;
    }

    public void LoseLine(string reason, LabException? fault, bool byBoard) =>
        _losses.Add(new LineLoss(End, reason, fault, byBoard));

    /// <summary>
    /// The loss that ends an expectation: any after its first position, or that came while it waited.
    /// </summary>
    public LineLoss? LossAfter(long from, int lossesBefore)
    {
        for (var index = 0; index < _losses.Count; index++)
        {
            if (index >= lossesBefore || _losses[index].Position > from)
                return _losses[index];
        }
        return null;
    }

    /// <summary>The chunk that holds a position, cut to begin there, or the oldest one kept; null when there is none yet.</summary>
    public ConsoleChunk? At(long position)
    {
        var low = _forgotten;
        var high = _chunks.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_chunks[middle].Position + _chunks[middle].Bytes.Length <= position)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == _chunks.Count)
            return null;
        var chunk = _chunks[low];
        var skip = (int)Math.Max(0, position - chunk.Position);
        return skip == 0 ? chunk : chunk with { Position = position, Bytes = chunk.Bytes[skip..] };
    }

    /// <summary>Where the line that holds a position begins, looking back at most so many bytes.</summary>
    public long LineStart(long position, int atMost)
    {
        var oldest = _chunks.Count == _forgotten ? End : _chunks[_forgotten].Position;
        var start = Math.Max(oldest, position - atMost);
        var found = start;
        for (var at = start; at < position && At(at) is { } chunk; at = chunk.Position + chunk.Bytes.Length)
        {
            var span = chunk.Bytes.Span[..(int)Math.Min(chunk.Bytes.Length, position - chunk.Position)];
            var newLine = span.LastIndexOf((byte)'\n');
            if (newLine >= 0)
                found = chunk.Position + newLine + 1;
        }
        return found;
    }

    private void Forget()
    {
        while (_held > capacity && _forgotten < _chunks.Count - 1)
        {
            _held -= _chunks[_forgotten].Bytes.Length + ChunkOverhead;
            _forgotten++;
        }
        // In batches, so that each chunk is moved a bounded number of times.
        if (_forgotten > 1024 && _forgotten > _chunks.Count / 2)
        {
            _chunks.RemoveRange(0, _forgotten);
            _forgotten = 0;
        }
    }

    /// <summary>The board lost power, or the cable was pulled.</summary>
    internal sealed record LineLoss(long Position, string Reason, LabException? Fault, bool ByBoard);
}
