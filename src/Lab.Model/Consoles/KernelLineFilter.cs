namespace Lab.Model.Consoles;

/// <summary>
/// Takes the kernel's own lines out of a text: from a printk time stamp (<c>[    1.234567] </c>, wherever in a line it stands) to the end
/// of that line. What a program was printing when the kernel interrupted it becomes one line again.
/// </summary>
/// <param name="emit">Called with each byte that stays, and its position.</param>
internal sealed class KernelLineFilter(Action<byte, long> emit)
{
    // '[', seconds right-aligned to 5 (printk.c: "[%5lu.%06lu]"), at most 20 digits, '.', 6 digits, ']', ' '.
    private const int LongestStamp = 32;
    private const int MicrosecondDigits = 6;

    private readonly byte[] _held = new byte[LongestStamp];
    private readonly long[] _positions = new long[LongestStamp];
    private int _count;
    private int _fraction = -1;
    private bool _inKernelLine;

    public void Accept(byte value, long position)
    {
        if (_inKernelLine)
        {
            _inKernelLine = value != '\n';
            return;
        }
        if (_count > 0)
        {
            if (Continues(value))
            {
                Hold(value, position);
                if (value == ']')
                    BeginKernelLine();
                return;
            }
            Release();
        }
        if (value == '[')
            Hold(value, position);
        else
            emit(value, position);
    }

    /// <summary>Gives out what was held back because it could have become a time stamp.</summary>
    public void Release()
    {
        var count = _count;
        _count = 0;
        _fraction = -1;
        for (var index = 0; index < count; index++)
            emit(_held[index], _positions[index]);
    }

    private void BeginKernelLine()
    {
        _count = 0;
        _fraction = -1;
        _inKernelLine = true;
    }

    private bool Continues(byte value)
    {
        if (_count >= LongestStamp)
            return false;
        var last = _held[_count - 1];
        if (_fraction >= 0)
            return _fraction < MicrosecondDigits ? char.IsAsciiDigit((char)value) : value == ']';
        return value switch
        {
            (byte)' ' => last is (byte)'[' or (byte)' ',
            (byte)'.' => char.IsAsciiDigit((char)last),
            _ => char.IsAsciiDigit((char)value),
        };
    }

    private void Hold(byte value, long position)
    {
        if (_fraction >= 0)
            _fraction++;
        else if (value == '.')
            _fraction = 0;
        _held[_count] = value;
        _positions[_count++] = position;
    }
}
