namespace Lab.Model.Runs;

/// <summary>One named claim inside a stage.</summary>
/// <param name="Name">What is claimed, in a few words.</param>
/// <param name="Verdict">Whether it holds.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Evidence">Files in the run's folder, relative, that it rests on.</param>
public sealed record CheckResult(string Name, Verdict Verdict, string Detail, IReadOnlyList<string> Evidence);
