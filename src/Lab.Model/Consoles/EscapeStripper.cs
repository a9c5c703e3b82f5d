namespace Lab.Model.Consoles;

/// <summary>
/// Tells text from terminal control, byte by byte, so that it does not matter where the bytes are split. Follows ECMA-48 5.3–5.6 (ESC, CSI and
/// control strings); 8-bit C1 controls are not taken as such, because they are also parts of UTF-8 characters. A line feed ends every
/// sequence, and so does its length: noise on the line must not swallow what follows.
/// </summary>
public sealed class EscapeStripper
{
    private const int LongestSequence = 64;
    private const int LongestString = 4096;
    private const byte Escape = 0x1B;
    private const byte Bell = 0x07;
    private const byte Cancel = 0x18;
    private const byte Substitute = 0x1A;

    private State _state;
    private int _length;

    private enum State
    {
        Text,
        Escape,
        Intermediate,
        ControlSequence,
        ControlString,
        ControlStringEscape,
    }

    /// <summary>Whether this byte is text: printable, part of a UTF-8 character, a tab or a line feed.</summary>
    public bool Accept(byte value)
    {
        if (_state == State.Text)
            return AcceptText(value);
        if (value == '\n')
        {
            _state = State.Text;
            return true;
        }
        if (value is Cancel or Substitute || ++_length > (_state >= State.ControlString ? LongestString : LongestSequence))
            _state = State.Text;
        else
            _state = Next(value);
        return false;
    }

    private bool AcceptText(byte value)
    {
        if (value == Escape)
        {
            _state = State.Escape;
            _length = 0;
            return false;
        }
        return value is >= 0x20 and not 0x7F or (byte)'\n' or (byte)'\t';
    }

    private State Next(byte value) =>
        _state switch
        {
            State.Escape => AfterEscape(value),
            State.Intermediate => value is >= 0x20 and <= 0x2F ? State.Intermediate : State.Text,
            State.ControlSequence when value == Escape => State.Escape,
            State.ControlSequence => value is >= 0x40 and <= 0x7E ? State.Text : State.ControlSequence,
            State.ControlString when value == Escape => State.ControlStringEscape,
            State.ControlString => value == Bell ? State.Text : State.ControlString,
            _ => value == '\\' ? State.Text : AfterEscape(value),
        };

    private static State AfterEscape(byte value) =>
        value switch
        {
            (byte)'[' => State.ControlSequence,
            (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => State.ControlString,
            >= 0x20 and <= 0x2F => State.Intermediate,
            Escape => State.Escape,
            _ => State.Text,
        };
}
