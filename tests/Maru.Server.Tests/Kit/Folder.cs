namespace Maru.Server.Tests.Kit;

/// <summary>A temporary folder, gone at the end.</summary>
internal sealed class Folder : IDisposable
{
    public Folder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "maru-tests", Guid.NewGuid().ToString("n"));

    public static implicit operator string(Folder folder) => folder.Path;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
