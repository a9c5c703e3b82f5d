namespace Lab.Model.Scenarios;

/// <summary>A scenario in which something is tampered with. It passes when the chain refuses, at the right place, for the right reason.</summary>
public interface IAttack
{
    /// <summary>The name that <c>--attack</c> takes.</summary>
    string Name { get; }

    /// <summary>The scenario it is staged in.</summary>
    string Scenario { get; }

    /// <summary>What is tampered with, in one sentence.</summary>
    string Summary { get; }

    /// <summary>The class of attack: the TUF specification's or MITRE ATT&amp;CK's name where one fits.</summary>
    string Class { get; }

    /// <summary>The stage that must refuse.</summary>
    string RefusingStage { get; }

    /// <summary>The code it must refuse with.</summary>
    string RefusalCode { get; }

    /// <summary>Whether it needs the rig's cluster.</summary>
    bool NeedsCluster => false;

    /// <summary>The stages for one run, in order.</summary>
    IReadOnlyList<Stage> Plan(RunContext context);
}
