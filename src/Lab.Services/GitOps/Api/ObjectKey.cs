namespace Lab.Services.GitOps.Api;

/// <summary>Namespace and name of an object of a kind that is understood; the namespace is empty for cluster-wide ones.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
