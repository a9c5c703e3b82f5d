using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Controller.Tests.Runs;

[TestFixture]
internal sealed class RunStoreTests
{
    [Test]
    public async Task I_can_find_a_run_by_its_id_by_the_beginning_of_it_by_its_folder_and_as_the_last_one()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.Root);
        string[] ids = [RunId.Create(SampleRun.Start), RunId.Create(SampleRun.Start.AddDays(400))];
        foreach (var id in ids)
        {
            using var run = store.Create(id);
            await run.WriteAsync(RunFolder.RecordFile, RunJson.Write(SampleRun.Passed with { Id = id }), default);
        }

        using var killed = store.Create(RunId.Create(SampleRun.Start.AddDays(500)));
        var path = Path.Combine(folder.Root, ids[0]);
        Assert.Multiple(() =>
        {
            Assert.That(store.List().Select(run => run.Id), Is.EqualTo(ids.Reverse()));
            Assert.That(store.Find(ids[0]).Root, Is.EqualTo(path));
            Assert.That(store.Find(ids[0][..10].ToLowerInvariant()).Root, Is.EqualTo(path));
            Assert.That(store.Find(path).Root, Is.EqualTo(path));
            Assert.That(store.Find(Path.Combine(path, "run.json")).Root, Is.EqualTo(path));
            Assert.That(store.Find("last").Root, Does.EndWith(ids[1]));
            Assert.That(() => store.Find("01"), Throws.InstanceOf<RigException>().With.Message.Contains("more than one"));
            Assert.That(() => store.Find("nothing"), Throws.InstanceOf<RigException>().With.Message.Contains("no such run"));
        });
    }
}
