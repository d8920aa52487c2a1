using System.Text.RegularExpressions;

namespace Maru.Server.Tests;

public sealed partial class DependenciesDocumentTests
{
    private static readonly string[] Rows =
        [.. Repository.Read("docs/dependencies.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

    private static readonly string[] Packages =
        [.. Package().Matches(Repository.Read("Directory.Packages.props")).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_package_has_its_reason()
    {
        var named = Rows.SelectMany(row => FirstCell(row).Split(", ")).ToArray();
        Packages.Except(named).ShouldBeEmpty();
    }

    [Fact]
    public void Every_part_of_our_own_that_is_named_is_there()
    {
        var files = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetFileName(file).Split('.')[0])
            .ToHashSet();
        var parts = Rows.SelectMany(row => TypeName().Matches(FirstCell(row))).Select(match => match.Groups[1].Value).ToArray();
        parts.Length.ShouldBeGreaterThan(20);
        parts.Where(part => !files.Contains(part)).ShouldBeEmpty();
    }

    private static string FirstCell(string row) => row.Split('|')[1].Trim();

    [GeneratedRegex("""<PackageVersion Include="([^"]+)" """)]
    private static partial Regex Package();

    [GeneratedRegex("`([A-Z][A-Za-z]+)`")]
    private static partial Regex TypeName();
}
