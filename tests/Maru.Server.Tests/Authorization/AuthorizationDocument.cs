using System.Globalization;

namespace Maru.Server.Tests.Authorization;

/// <summary>
/// <c>docs/authorization.md</c>: a table for each kind of room, with a row for each request and a column for each way to stand to the room.
/// </summary>
internal static class AuthorizationDocument
{
    public const string Path = "docs/authorization.md";

    private const string Rows = "| Request |";

    /// <summary>Returns the rows of all tables.</summary>
    public static IReadOnlyList<AuthorizationRow> Read()
    {
        List<AuthorizationRow> rows = [];
        var (kind, columns) = ("", Array.Empty<string>());
        foreach (var line in Repository.Read(Path).Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) kind = KindOf(line[3..]);
            if (line.StartsWith(Rows, StringComparison.Ordinal)) columns = Cells(line);
            if (!line.StartsWith("| `", StringComparison.Ordinal)) continue;
            var cells = Cells(line);
            rows.Add(new AuthorizationRow(
                kind,
                cells[0].Trim('`'),
                [.. columns.Zip(cells).Skip(1).Select(x => (x.First, int.Parse(x.Second, CultureInfo.InvariantCulture)))]));
        }

        return rows;
    }

    /// <summary>Writes the tables anew; what stands around them stays.</summary>
    public static void Write(IEnumerable<AuthorizationRow> rows)
    {
        var tables = rows.ToLookup(row => row.Kind);
        List<string> lines = [];
        var isInside = false;
        foreach (var line in Repository.Read(Path).Split('\n'))
        {
            isInside &= line.StartsWith('|');
            if (isInside) continue;
            lines.Add(line);
            if (!line.StartsWith(Rows, StringComparison.Ordinal)) continue;
            isInside = true;
            var kind = KindOf(lines.Last(x => x.StartsWith("## ", StringComparison.Ordinal))[3..]);
            lines.Add("|---" + string.Concat(Cells(line).Skip(1).Select(_ => "|---:")) + "|");
            lines.AddRange(tables[kind].Select(row => $"| `{row.Request}` | {string.Join(" | ", row.Cells.Select(x => x.Status))} |"));
        }

        File.WriteAllText(Repository.PathOf(Path), string.Join('\n', lines));
    }

    /// <summary>Returns each table's kind of room with its columns.</summary>
    public static IReadOnlyList<(string Kind, string[] Columns)> Tables()
    {
        List<(string, string[])> tables = [];
        var kind = "";
        foreach (var line in Repository.Read(Path).Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) kind = KindOf(line[3..]);
            if (line.StartsWith(Rows, StringComparison.Ordinal)) tables.Add((kind, Cells(line)[1..]));
        }

        return tables;
    }

    /// <summary>"A private room" → "private"; what is about no room is asked by people of a private one.</summary>
    private static string KindOf(string heading) => heading.Split(' ') is ["A", var kind, "room"] ? kind : "";

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}

/// <param name="Kind">of the room: public, private, direct; empty: the request is about no room</param>
/// <param name="Request">method or command, and a path with names in braces</param>
/// <param name="Cells">who asks, and the status of the answer</param>
public sealed record AuthorizationRow(string Kind, string Request, IReadOnlyList<(string Column, int Status)> Cells)
{
    public override string ToString() => $"{Request}{(Kind.Length > 0 ? $" of a {Kind} room" : "")}";
}
