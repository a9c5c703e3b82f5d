namespace Lab.Model.Errors;

/// <summary>The board is at fault. Verdict <c>fail</c>, exit code 1.</summary>
public sealed class BoardException(string what, string? where = null, string? remedy = null, Exception? inner = null)
    : HwLabException(what, where, remedy, inner);
