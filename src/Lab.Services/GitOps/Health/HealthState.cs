namespace Lab.Services.GitOps.Health;

/// <summary>kstatus' words for how far an object is.</summary>
internal enum HealthState
{
    /// <summary>It does not exist.</summary>
    NotFound,

    /// <summary>It is on its way.</summary>
    InProgress,

    /// <summary>It is as its spec says.</summary>
    Current,

    /// <summary>It will not get there.</summary>
    Failed,

    /// <summary>It is being deleted.</summary>
    Terminating,
}
