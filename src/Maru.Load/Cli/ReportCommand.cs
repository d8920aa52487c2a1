using System.CommandLine;
using Maru.Load.Reporting;
using Maru.Load.Reporting.Html;

namespace Maru.Load.Cli;

/// <summary><c>maru-load report</c>.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string> Which = new("result") { Description = "the result.json that a run wrote" };
    private static readonly Option<string?> Out = new("--out") { Description = "the HTML file to write; beside the result when left out" };

    public static Command Create()
    {
        var command = new Command("report", "Makes the HTML report of a result again, and prints its figures.") { Which, Out };
        command.SetAction(parsed =>
        {
            var source = parsed.GetValue(Which)!;
            var result = ResultFile.Read(source);
            var target = parsed.GetValue(Out) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(source))!, "report.html");
            HtmlReport.Write(target, result);
            parsed.InvocationConfiguration.Output.Write(ResultText.Of(result));
            parsed.InvocationConfiguration.Output.WriteLine($"written: {target}");
            return 0;
        });
        return command;
    }
}
