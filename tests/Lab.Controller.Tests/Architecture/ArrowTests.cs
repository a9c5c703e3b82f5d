using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using NUnit.Framework;

namespace Lab.Controller.Tests.Architecture;

/// <summary>The arrows of the house, read from the built assemblies: who may know whom.</summary>
[TestFixture]
internal sealed class ArrowTests
{
    /// <summary>Lab projects that a project may refer to, and whether it may use packages.</summary>
    private static readonly Dictionary<string, (string[] Lab, bool Packages)> Allowed = new(StringComparer.Ordinal)
    {
        ["Lab.Model"] = ([], false),
        ["Lab.Trust"] = ([], false),
        ["Lab.BootAgent"] = (["Lab.Trust"], false),
        ["Lab.Host"] = (["Lab.Model"], true),
        ["Lab.Scenarios"] = (["Lab.Model", "Lab.Trust"], false),
        ["Lab.Emulation"] = (["Lab.Model", "Lab.Trust", "Lab.Host"], true),
        ["Lab.Hardware"] = (["Lab.Model", "Lab.Host"], true),
        ["Lab.Services"] = (["Lab.Model", "Lab.Trust", "Lab.Host"], true),
        ["Lab.Testing"] = (["Lab.Model"], true),
        ["hwlab"] = (
            ["Lab.Model", "Lab.Trust", "Lab.Host", "Lab.Emulation", "Lab.Hardware", "Lab.Services", "Lab.Scenarios"],
            true
        ),
    };

    private static IEnumerable<string> Assemblies => Allowed.Keys.Where(name => name != "Lab.BootAgent");

    [TestCaseSource(nameof(Assemblies))]
    public void An_assembly_knows_only_whom_it_may(string name)
    {
        var (lab, packages) = Allowed[name];
        var references = References(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        Assert.Multiple(() =>
        {
            Assert.That(references.Where(IsOurs), Is.SubsetOf(lab));
            if (!packages)
            {
                Assert.That(references.Where(reference => !IsOurs(reference) && !IsFramework(reference)), Is.Empty);
            }
        });
    }

    [Test]
    public void Every_assembly_of_ours_has_its_place_in_the_house()
    {
        var built = Directory
            .EnumerateFiles(AppContext.BaseDirectory, "Lab.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file)!);
        Assert.That(built.Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal)), Is.SubsetOf(Allowed.Keys));
    }

    [TestCase("Lab.BootAgent")]
    [TestCase("Lab.Trust")]
    [TestCase("Lab.Model")]
    [TestCase("Lab.Scenarios")]
    public void A_project_file_asks_for_nothing_that_it_may_not_know(string name)
    {
        var project = Path.Combine(Samples.Checkout.Root, "src", name, name + ".csproj");
        var document = System.Xml.Linq.XDocument.Load(project);
        var (lab, packages) = Allowed[name];
        var asked = document
            .Descendants("ProjectReference")
            .Select(item => Path.GetFileNameWithoutExtension((string)item.Attribute("Include")!));
        Assert.Multiple(() =>
        {
            Assert.That(asked, Is.SubsetOf(lab));
            Assert.That(packages ? [] : document.Descendants("PackageReference"), Is.Empty);
        });
    }

    private static List<string> References(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static bool IsOurs(string name) => name.StartsWith("Lab.", StringComparison.Ordinal) || name == "hwlab";

    private static bool IsFramework(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));
}
