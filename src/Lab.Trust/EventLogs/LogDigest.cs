using System.Runtime.InteropServices;
using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>One digest of an event.</summary>
/// <param name="Algorithm">The bank that it extended.</param>
/// <param name="Value">The digest; a view of the log's bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogDigest(TpmAlgorithm Algorithm, ReadOnlyMemory<byte> Value);
