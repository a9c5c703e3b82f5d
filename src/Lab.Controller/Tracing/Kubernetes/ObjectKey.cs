namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>Names an object of a cluster.</summary>
/// <param name="Kind">In the API's spelling, e.g. <c>ReplicaSet</c>.</param>
/// <param name="Namespace">Empty for what has none.</param>
/// <param name="Name">The name.</param>
internal readonly record struct ObjectKey(string Kind, string Namespace, string Name);
