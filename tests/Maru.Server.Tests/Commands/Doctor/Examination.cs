using System.Text.Json;

namespace Maru.Server.Tests.Commands.Doctor;

/// <summary>What <c>maru doctor --json</c> said, and its exit code.</summary>
internal sealed record Examination(int Code, string Output, IReadOnlyList<Diagnosis> Findings)
{
    /// <summary>Looks at the store of a folder, as another process.</summary>
    public static async Task<Examination> OfAsync(string folder, params string[] settings) =>
        await RunAsync([.. await MaruProcess.StoreAsync(folder), "--urls=http://127.0.0.1:0", .. settings]);

    public static async Task<Examination> RunAsync(params string[] settings)
    {
        var (code, lines) = await MaruProcess.RunAsync(["doctor", "--json", .. settings]);
        var output = string.Join('\n', lines);
        code.ShouldBeInRange(0, 1, output);
        using var report = JsonDocument.Parse(output);
        Diagnosis[] findings =
        [
            .. from x in report.RootElement.GetProperty("findings").EnumerateArray()
               select new Diagnosis(
                   x.GetProperty("check").GetString()!, x.GetProperty("level").GetString()!, x.GetProperty("found").GetString()!,
                   x.GetProperty("advice").GetString()),
        ];
        findings.ShouldAllBe(x => x.Level == "Ok" || !string.IsNullOrEmpty(x.Advice), "what is not well needs advice");
        (code == 1).ShouldBe(findings.Any(x => x.Level == "Problem"), output);
        return new Examination(code, output, findings);
    }

    /// <summary>Returns the one finding of a check.</summary>
    public Diagnosis Of(string check) => Findings.Where(x => x.Check == check).ShouldHaveSingleItem(Output);

    /// <summary>Finds a problem of a check that says that.</summary>
    public Diagnosis ShouldFind(string level, string check, string what) =>
        Findings.Where(x => x.Level == level && x.Check == check && x.Found.Contains(what, StringComparison.Ordinal))
            .ShouldHaveSingleItem($"{level} {check} {what} in {Output}");
}

internal sealed record Diagnosis(string Check, string Level, string Found, string? Advice);
