using Lab.Model.Errors;

namespace Lab.Controller.Wiring;

/// <summary>Parts that tell by a task why they failed, with null when they were stopped.</summary>
internal static class LabFailures
{
    /// <summary>The first failure of any of them; null when all have stopped without one.</summary>
    public static async Task<LabException?> FirstOf(IReadOnlyList<Task<LabException?>> parts)
    {
        await foreach (var part in Task.WhenEach(parts))
        {
            if (await part is { } failure)
            {
                return failure;
            }
        }

        return null;
    }
}
