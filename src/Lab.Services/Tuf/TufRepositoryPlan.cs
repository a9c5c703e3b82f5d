using Lab.Trust.Tuf;

namespace Lab.Services.Tuf;

/// <summary>How many keys each top-level role gets, how many must sign, and for how long.</summary>
/// <param name="Roles">By role name; each of <see cref="TufRoles.TopLevel"/>.</param>
public sealed record TufRepositoryPlan(IReadOnlyDictionary<string, TufKeyPlan> Roles)
{
    /// <summary>A lab's repository: two of three keys for the root, one for the others; the timestamp lives a week, so that a frozen one is noticed.</summary>
    public static TufRepositoryPlan Default { get; } =
        new(
            new Dictionary<string, TufKeyPlan>(StringComparer.Ordinal)
            {
                [TufRoles.Root] = new(Keys: 3, Threshold: 2, TimeSpan.FromDays(365)),
                [TufRoles.Targets] = new(Keys: 1, Threshold: 1, TimeSpan.FromDays(90)),
                [TufRoles.Snapshot] = new(Keys: 1, Threshold: 1, TimeSpan.FromDays(30)),
                [TufRoles.Timestamp] = new(Keys: 1, Threshold: 1, TimeSpan.FromDays(7)),
            }
        );

    /// <summary>The same with other keys for one role.</summary>
    public TufRepositoryPlan With(string role, TufKeyPlan plan) =>
        new(new Dictionary<string, TufKeyPlan>(Roles, StringComparer.Ordinal) { [role] = plan });
}
