namespace Lab.Services.Admission;

/// <summary>When and why a board lost the lab's trust: see <see cref="Model.Services.NodeExpulsion"/> for the codes.</summary>
internal sealed record TrustEnd(string Board, string Code, string Detail, DateTimeOffset At);
