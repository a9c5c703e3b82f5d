using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.Services.Tests;

/// <summary>Folders and an owner for one test, gone after it.</summary>
internal sealed class TestLab : IAsyncDisposable
{
    public TestLab()
    {
        Root = Directory.CreateTempSubdirectory("hwlab-test-").FullName;
        Folders = new LabFolders(Path.Combine(Root, "cache"), Path.Combine(Root, "state"), Root);
        Owner = ProcessOwner.Open(Folders, TimeProvider.System);
    }

    public string Root { get; }

    public LabFolders Folders { get; }

    public ProcessOwner Owner { get; }

    public string RigState => Folders.Rig("test");

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Bytes that look like nothing, the same each time.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
