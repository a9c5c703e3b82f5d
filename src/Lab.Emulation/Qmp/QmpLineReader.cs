namespace Lab.Emulation.Qmp;

/// <summary>Cuts a stream into lines, of bounded length.</summary>
internal sealed class QmpLineReader(Stream stream, int maximumLength = QmpMessage.MaximumLength)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>The next line without its end; valid until the next call. Null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A line is too long, or the stream ends in the middle of one.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + length);
                _start += searched + length + 1;
                return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
            }
            searched = _end - _start;
            if (searched > maximumLength)
                throw new InvalidDataException($"a line is longer than {maximumLength} bytes");
            MakeRoom();
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (count == 0)
                return searched == 0 ? null : throw new InvalidDataException("the stream ended in the middle of a line");
            _end += count;
        }
    }

    private void MakeRoom()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
