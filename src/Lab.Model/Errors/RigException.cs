namespace Lab.Model.Errors;

/// <summary>The rig file or the command line is wrong. Exit code 2.</summary>
public sealed class RigException(string what, string? where = null, string? remedy = null, Exception? inner = null)
    : HwLabException(what, where, remedy, inner);
