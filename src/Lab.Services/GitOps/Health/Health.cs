namespace Lab.Services.GitOps.Health;

/// <summary>How far an object is, and why.</summary>
internal readonly record struct Health(HealthState State, string Message)
{
    public static Health Current(string message = "") => new(HealthState.Current, message);

    public static Health InProgress(string message) => new(HealthState.InProgress, message);

    public static Health Failed(string message) => new(HealthState.Failed, message);
}
