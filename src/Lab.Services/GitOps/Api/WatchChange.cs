using System.Text.Json.Nodes;

namespace Lab.Services.GitOps.Api;

/// <summary>One event of a watch.</summary>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c> or <c>BOOKMARK</c>.</param>
/// <param name="Item">The object as it then was.</param>
internal readonly record struct WatchChange(string Type, JsonObject Item);
