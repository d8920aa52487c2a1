using System.CommandLine;
using Maru.Load.Reporting;
using Maru.Load.Reporting.Html;
using Maru.Load.Runs;

namespace Maru.Load.Cli;

/// <summary><c>maru-load merge</c>.</summary>
internal static class MergeCommand
{
    private static readonly Argument<string[]> Which =
        new("results") { Description = "the result.json of every shard of one scenario", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Out = new("--out") { Description = "a folder for result.json and report.html", Required = true };

    public static Command Create()
    {
        var command = new Command("merge", "Makes one result and one verdict of what several processes (--shard) found.") { Which, Out };
        command.SetAction(parsed =>
        {
            var result = Merge.Of([.. parsed.GetValue(Which)!.Select(ResultFile.Read)]);
            var folder = parsed.GetValue(Out)!;
            Directory.CreateDirectory(folder);
            ResultFile.Write(Path.Combine(folder, "result.json"), result);
            HtmlReport.Write(Path.Combine(folder, "report.html"), result);
            parsed.InvocationConfiguration.Output.Write(ResultText.Of(result));
            parsed.InvocationConfiguration.Output.WriteLine($"written: {Path.Combine(folder, "result.json")}, report.html");
            return result.Passed ? 0 : 1;
        });
        return command;
    }
}
