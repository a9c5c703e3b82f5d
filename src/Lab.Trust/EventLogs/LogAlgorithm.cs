using System.Runtime.InteropServices;
using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>A hash algorithm that a log declares in its header.</summary>
/// <param name="Algorithm">Its number; may be one unknown here.</param>
/// <param name="DigestSize">Bytes of its digests.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogAlgorithm(TpmAlgorithm Algorithm, int DigestSize);
