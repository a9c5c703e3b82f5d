using Lab.Services.GitOps.Apply;

namespace Lab.Services.Tests.GitOps;

public sealed class ObjectIdTests
{
    [TestCase("fleet", "hello", "apps", "Deployment", "fleet_hello_apps_Deployment")]
    [TestCase("", "fleet", "", "Namespace", "_fleet__Namespace")]
    [TestCase(
        "",
        "system:node",
        "rbac.authorization.k8s.io",
        "ClusterRole",
        "_system__node_rbac.authorization.k8s.io_ClusterRole"
    )]
    [TestCase("a", "x::y", "", "Role", "a_x____y__Role")]
    public void Ids_are_written_and_read_as_cli_utils_does(
        string inNamespace,
        string name,
        string group,
        string kind,
        string text
    )
    {
        var id = new ObjectId(inNamespace, name, group, kind);
        Assert.That(id.ToString(), Is.EqualTo(text));
        Assert.That(ObjectId.TryParse(text), Is.EqualTo(id));
    }

    [TestCase("")]
    [TestCase("a")]
    [TestCase("a_b")]
    [TestCase("a_b_c")]
    [TestCase("a___Kind")]
    [TestCase("a_b_c_d_e")]
    [TestCase("a_b_c_")]
    [TestCase("___")]
    public void What_is_no_id_is_none(string text) => Assert.That(ObjectId.TryParse(text), Is.Null);

    [FsCheck.NUnit.Property]
    public void No_text_makes_the_parser_throw(string? text) => ObjectId.TryParse(text ?? "");
}
