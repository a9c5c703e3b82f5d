namespace Lab.Trust.EventLogs;

/// <summary>A partition of a GPT.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its own id.</param>
/// <param name="FirstBlock">First logical block.</param>
/// <param name="LastBlock">Last logical block, inclusive.</param>
/// <param name="Name">Its name.</param>
public sealed record GptPartition(Guid Type, Guid Id, ulong FirstBlock, ulong LastBlock, string Name);
