namespace Lab.Model.Errors;

/// <summary>The lab is at fault: a cable, a server, a missing tool, a bug of ours. Verdict <c>lab-error</c>, exit code 3.</summary>
public sealed class LabException(string what, string? where = null, string? remedy = null, Exception? inner = null)
    : HwLabException(what, where, remedy, inner);
