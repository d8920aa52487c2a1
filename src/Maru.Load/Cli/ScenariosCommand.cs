using System.CommandLine;
using System.Globalization;
using Maru.Load.Scenarios;

namespace Maru.Load.Cli;

/// <summary><c>maru-load scenarios</c>.</summary>
internal static class ScenariosCommand
{
    public static Command Create()
    {
        var command = new Command("scenarios", "Lists the ready scenarios and what a threshold may name.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            foreach (var name in ScenarioFile.ReadyNames)
            {
                var s = ScenarioFile.Load(name, []);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-11} {s.Description}"));
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{"",-11} maru seed --users {s.People} --rooms {s.Rooms}; {string.Join(", ", s.Thresholds)}"));
            }

            output.WriteLine();
            output.WriteLine("Thresholds are 'measure operator number' (< <= > >= ==):");
            foreach (var (name, meaning) in Threshold.Measures) output.WriteLine($"{name,-22} {meaning}");
            return 0;
        });
        return command;
    }
}
