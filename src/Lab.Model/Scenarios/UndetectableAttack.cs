namespace Lab.Model.Scenarios;

/// <summary>An attack that the protocol cannot notice, whoever implements it: listed so that nobody takes silence for a refusal.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What is done, in one sentence.</param>
/// <param name="Class">The class of attack, as for <see cref="IAttack.Class"/>.</param>
/// <param name="Risk">What the attacker gains all the same.</param>
/// <param name="Mitigation">What narrows it.</param>
/// <param name="ShownBy">The test that shows it.</param>
public sealed record UndetectableAttack(
    string Name,
    string Summary,
    string Class,
    string Risk,
    string Mitigation,
    string ShownBy
);
