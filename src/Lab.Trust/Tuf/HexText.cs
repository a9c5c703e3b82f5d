using System.Buffers;

namespace Lab.Trust.Tuf;

/// <summary>Hex digits as they stand in metadata.</summary>
internal static class HexText
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = text.Length % 2 == 0 ? new byte[text.Length / 2] : [];
        return text.Length % 2 == 0 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
    }
}
