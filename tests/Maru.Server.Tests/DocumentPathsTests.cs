using System.Text.RegularExpressions;

namespace Maru.Server.Tests;

public sealed partial class DocumentPathsTests
{
    private static readonly string[] Folders = ["docs", "scripts", "src", "tests"];

    /// <summary>A document may leave out where a path begins, and <c>Maru.</c>; <c>X</c> and <c>NNNN</c> stand for a name.</summary>
    [Fact]
    public void Every_file_that_a_document_names_is_there()
    {
        var files = Folders.SelectMany(Under).Select(file => file.Replace("/Maru.", "/", StringComparison.Ordinal)).ToArray();
        var documents = Directory.GetFiles(Repository.Folder, "*.md")
            .Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories));
        var named = documents.SelectMany(
            document => Name().Matches(File.ReadAllText(document))
                .Select(match => (Document: Path.GetFileName(document), Path: match.Groups[1].Value)));
        var paths = named.Where(name => !Placeholder().IsMatch(name.Path)).ToArray();
        paths.Length.ShouldBeGreaterThan(100);
        paths.Where(name => !IsThere(name.Path, files)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Under(string folder) =>
        Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories)
            .Select(file => $"/{Path.GetRelativePath(Repository.Folder, file)}");

    private static bool IsThere(string path, string[] files)
    {
        if (Path.Exists(Repository.PathOf(path))) return true;
        var end = $"/{path}".Replace("/Maru.", "/", StringComparison.Ordinal);
        return Array.Exists(files, file => file.EndsWith(end, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"`([\w./-]+\.cs|(?:docs|scripts|src|tests)/[\w./-]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"(^|/)X(/|[A-Z])|NNNN")]
    private static partial Regex Placeholder();
}
