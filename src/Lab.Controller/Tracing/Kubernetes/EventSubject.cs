namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>
/// Whom an event is about. Controllers report what they do to an object on that object's owner and name it in the message only; a trace
/// wants it with the object (kspan's rule for Deployments, ReplicaSets and StatefulSets, here for all that make pods).
/// </summary>
internal static class EventSubject
{
    private const int LongestName = 253;

    public static ObjectKey Of(ClusterEvent happened)
    {
        var (kind, marker) = happened.Involved.Kind switch
        {
            "Deployment" => ("ReplicaSet", "replica set "),
            "ReplicaSet" or "ReplicationController" or "DaemonSet" or "Job" => ("Pod", " pod: "),
            "StatefulSet" => ("Pod", " Pod "),
            _ => ("", ""),
        };
        var at = marker.Length == 0 ? -1 : happened.Message.IndexOf(marker, StringComparison.Ordinal);
        if (at < 0)
        {
            return happened.Involved;
        }

        var rest = happened.Message[(at + marker.Length)..];
        var name = new string([.. rest.TakeWhile(IsOfName).Take(LongestName)]);
        return name.Length == 0 ? happened.Involved : new ObjectKey(kind, happened.Involved.Namespace, name);
    }

    private static bool IsOfName(char letter) =>
        char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.';
}
