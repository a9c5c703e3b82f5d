using Lab.Hardware.Settings;
using Lab.Model.Errors;

namespace Lab.Hardware.Tests.Settings;

[TestFixture]
internal sealed class SecretReferenceTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void A_secret_may_be_in_a_variable_a_file_or_a_credential()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "strip"), "hunter2\n");
        Environment.SetEnvironmentVariable("HWLAB_TEST_SECRET", "hunter2");
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", _folder.FullName);
        string[] references = ["env:HWLAB_TEST_SECRET", $"file:{_folder.FullName}/strip", "credential:strip"];
        Assert.That(references.Select(text => SecretReference.TryParse(text)!.Resolve()), Is.All.EqualTo("hunter2"));
    }

    [TestCase("env:HWLAB_NO_SUCH_VARIABLE")]
    [TestCase("file:/no/such/file")]
    public void A_secret_that_is_not_there_is_the_labs_fault(string text) =>
        Assert.Throws<LabException>(() => SecretReference.TryParse(text)!.Resolve());

    [TestCase("hunter2")]
    [TestCase("env:")]
    [TestCase("file:relative")]
    [TestCase("credential:../other")]
    public void What_is_no_reference_is_not_taken_for_one(string text) => Assert.That(SecretReference.TryParse(text), Is.Null);
}
