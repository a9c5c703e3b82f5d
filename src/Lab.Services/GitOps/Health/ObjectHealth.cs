namespace Lab.Services.GitOps.Health;

/// <summary>How far an object is, and why.</summary>
internal readonly record struct ObjectHealth(HealthState State, string Message)
{
    public static ObjectHealth Current(string message = "") => new(HealthState.Current, message);

    public static ObjectHealth InProgress(string message) => new(HealthState.InProgress, message);

    public static ObjectHealth Failed(string message) => new(HealthState.Failed, message);
}
