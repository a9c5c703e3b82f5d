namespace Lab.Testing.Fakes;

/// <summary>How a fake device behaves.</summary>
public enum Misbehaviour
{
    /// <summary>As its protocol says.</summary>
    None,

    /// <summary>It takes requests and never answers.</summary>
    Slow,

    /// <summary>It hangs up on requests.</summary>
    Drop,

    /// <summary>It gives half of an answer, then hangs up.</summary>
    Half,

    /// <summary>It gives an answer that makes no sense.</summary>
    Wrong,

    /// <summary>It answers rightly and its relay does not move.</summary>
    Stuck,

    /// <summary>It says no.</summary>
    Refuse,
}
