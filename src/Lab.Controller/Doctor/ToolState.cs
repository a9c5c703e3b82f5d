namespace Lab.Controller.Doctor;

/// <summary>How a program of the host was found.</summary>
public enum ToolState
{
    /// <summary>It is there and new enough.</summary>
    Has,

    /// <summary>It is there, and what version it is could not be found out.</summary>
    UnknownVersion,

    /// <summary>It is older than what is known to work.</summary>
    TooOld,

    /// <summary>It is not installed.</summary>
    Missing,
}
