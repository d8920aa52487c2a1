namespace Maru.Server.Tests.Kit;

/// <summary>The repository that the tests were built in, for tests of its documents.</summary>
internal static class Repository
{
    public static string Folder { get; } = Find();

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <param name="path">of a file or folder, from the root</param>
    public static string PathOf(string path) => Path.Combine(Folder, path);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Maru.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the repository");
        return folder.FullName;
    }
}
