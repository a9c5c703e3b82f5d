namespace Lab.Trust.Tuf;

/// <summary>The pre-order depth-first search for a target through the delegations (spec 5.6.7).</summary>
internal sealed class TargetSearch(MetadataUpdate update, TopLevelMetadata top, int maximumRoles)
{
    /// <exception cref="TufException">As <see cref="TufClient.FindTargetAsync"/> says.</exception>
    public async Task<TufTarget> FindAsync(string path, CancellationToken cancellationToken)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<(TufDelegation Delegation, TufDelegations Delegator)>();
        var role = top.Targets;
        while (true)
        {
            if (role.Find(path) is { } target)
            {
                return target;
            }
            Push(role, path, visited, pending);
            if (await NextAsync(visited, pending, cancellationToken) is not { } next)
            {
                throw new TufException(TufErrorCode.TargetMissing, $"No trusted role names target '{path}'.");
            }
            role = next;
        }
    }

    private static void Push(
        TargetsMetadata role,
        string path,
        HashSet<string> visited,
        Stack<(TufDelegation Delegation, TufDelegations Delegator)> pending
    )
    {
        if (role.Delegations is not { } delegations)
        {
            return;
        }
        var children = new List<TufDelegation>();
        foreach (var delegation in delegations.For(path))
        {
            children.Add(delegation);
            if (delegation.Terminating)
            {
                // Nothing after it counts, neither here nor in the roles that wait (5.6.7.2.1).
                pending.Clear();
                break;
            }
        }
        for (var i = children.Count - 1; i >= 0; i--)
        {
            if (!visited.Contains(children[i].Name))
            {
                pending.Push((children[i], delegations));
            }
        }
    }

    private async Task<TargetsMetadata?> NextAsync(
        HashSet<string> visited,
        Stack<(TufDelegation Delegation, TufDelegations Delegator)> pending,
        CancellationToken cancellationToken
    )
    {
        while (pending.TryPop(out var next))
        {
            if (!visited.Add(next.Delegation.Name))
            {
                continue;
            }
            if (visited.Count > maximumRoles)
            {
                return null;
            }
            return await update.LoadTargetsAsync(
                next.Delegation.Name,
                next.Delegator.Keys,
                next.Delegation.Role,
                top.Root,
                top.Snapshot,
                top.StartTime,
                cancellationToken
            );
        }
        return null;
    }
}
