namespace Lab.Model.Scenarios;

/// <summary>One step of a scenario, ready to run.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="RunAsync">Does it. A <see cref="Errors.BoardException"/> means <c>fail</c>; a <see cref="Errors.LabException"/>, or any other, <c>lab-error</c>.</param>
public sealed record Stage(string Name, Func<CancellationToken, Task> RunAsync);
