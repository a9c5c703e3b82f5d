using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Host.Tests.Storage;

internal sealed class LabFoldersTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hwlab-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Without_variables_the_folders_are_those_of_the_specification()
    {
        var folders = LabFolders.From(name => name == "HOME" ? "/home/me" : null);

        Assert.That(folders.Cache, Is.EqualTo("/home/me/.cache/hwlab"));
        Assert.That(folders.State, Is.EqualTo("/home/me/.local/state/hwlab"));
    }

    [Test]
    public void A_relative_path_in_a_variable_is_ignored_as_the_specification_says()
    {
        var folders = LabFolders.From(name => name == "HOME" ? "/home/me" : "here");

        Assert.That(folders.Cache, Is.EqualTo("/home/me/.cache/hwlab"));
    }

    [Test]
    public void A_socket_folder_is_short_new_and_for_this_user_only()
    {
        var folders = new LabFolders(_folder, _folder, _folder);

        var first = folders.CreateSocketFolder();

        Assert.That(folders.CreateSocketFolder(), Is.Not.EqualTo(first));
        Assert.That(
            File.GetUnixFileMode(first),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
        );
    }

    [Test]
    public void A_path_too_long_for_a_socket_is_refused()
    {
        var deep = Path.Combine(_folder, new string('x', 80));

        Assert.Throws<LabException>(() => new LabFolders(_folder, _folder, deep).CreateSocketFolder());
    }

    [Test]
    public void A_disk_without_room_is_told()
    {
        var error = Assert.Throws<LabException>(() => LabFolders.EnsureRoom(_folder, long.MaxValue));

        Assert.That(error!.Message, Does.Contain("free some space"));
    }

    [Test]
    public void A_folder_is_leased_to_one_at_a_time()
    {
        using (FolderLease.Take(_folder, "board virt-1"))
            Assert.Throws<LabException>(() => FolderLease.Take(_folder, "board virt-1").Dispose());

        FolderLease.Take(_folder, "board virt-1").Dispose();
    }

    [Test]
    public async Task A_file_is_awaited_whether_it_is_there_or_comes()
    {
        var path = Path.Combine(_folder, "socket");
        var waiting = FileArrival.WaitAsync(path, CancellationToken.None);
        await File.WriteAllTextAsync(path, "");

        await waiting;
        await FileArrival.WaitAsync(path, CancellationToken.None);
    }
}
