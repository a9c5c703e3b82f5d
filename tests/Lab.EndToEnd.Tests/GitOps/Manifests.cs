using System.Text.Json.Nodes;

namespace Lab.EndToEnd.Tests.GitOps;

/// <summary>Files of fleets for tests.</summary>
internal static class Manifests
{
    public const string Notes = "/api/v1/namespaces/fleet-test/configmaps/notes";

    public const string Namespace = """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: fleet-test
        """;

    public const string Job = """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: never
          namespace: fleet-test
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: never
                  image: test.invalid/never:1
        """;

    /// <summary>A Kustomization of the fleet's folder <c>notes</c> that waits for one that is not there.</summary>
    public static JsonNode Dependent =>
        JsonNode.Parse(
            """
            {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"second","namespace":"flux-system"},
             "spec":{"interval":"1h","prune":true,"path":"./notes","deletionPolicy":"WaitForTermination",
                     "sourceRef":{"kind":"GitRepository","name":"fleet"},"dependsOn":[{"name":"third"}]}}
            """
        )!;

    /// <summary>A namespace, a ConfigMap, a Service, and a kind of its own with an object of that kind, in the wrong order.</summary>
    public static Dictionary<string, string> Seed() =>
        new(StringComparer.Ordinal)
        {
            ["kustomization.yaml"] = """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources:
                  - widget.yaml
                  - notes.yaml
                  - service.yaml
                  - definition.yaml
                  - namespace.yaml
                """,
            ["namespace.yaml"] = Namespace,
            ["notes.yaml"] = ConfigMap("one"),
            ["service.yaml"] = """
                apiVersion: v1
                kind: Service
                metadata:
                  name: notes
                  namespace: fleet-test
                spec:
                  selector:
                    app: notes
                  ports:
                    - port: 80
                """,
            ["definition.yaml"] = """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: widgets.test.invalid
                spec:
                  group: test.invalid
                  scope: Namespaced
                  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema:
                        openAPIV3Schema:
                          type: object
                          properties:
                            spec:
                              type: object
                              properties:
                                size: { type: integer }
                """,
            ["widget.yaml"] = """
                apiVersion: test.invalid/v1
                kind: Widget
                metadata:
                  name: first
                  namespace: fleet-test
                spec:
                  size: 3
                """,
        };

    public static string ConfigMap(string value, string name = "notes") =>
        $"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {name}
              namespace: fleet-test
            data:
              value: {value}
            """;
}
