using System.Diagnostics.Metrics;
using System.Reflection;
using Maru.Engine;
using Maru.Server.Tests.Features.Search;

namespace Maru.Server.Tests.Platform.Telemetry;

/// <summary><c>docs/metrics.md</c> has a row for each instrument of the program's own, and no other.</summary>
public sealed class MetricsDocumentTests
{
    private const string Path = "docs/metrics.md";

    /// <summary>With <c>MARU_WRITE_METRICS=true</c> writes the table anew.</summary>
    [Fact]
    public async Task The_document_has_every_metric()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        string[] rows = [.. Instruments(server).OrderBy(x => x.Name, StringComparer.Ordinal).Select(Row).Distinct()];
        var document = Repository.Read(Path).Split('\n');
        if (Environment.GetEnvironmentVariable("MARU_WRITE_METRICS") == "true")
        {
            var first = Array.FindIndex(document, IsRow);
            document = [.. document.Take(first), .. rows, .. document.Skip(first).SkipWhile(IsRow)];
            await File.WriteAllTextAsync(
                Repository.PathOf(Path), string.Join('\n', document), TestContext.Current.CancellationToken);
        }

        document.Where(IsRow).ShouldBe(rows, "MARU_WRITE_METRICS=true writes the table anew");
    }

    private static bool IsRow(string line) => line.StartsWith("| `maru.", StringComparison.Ordinal);

    /// <summary>The instruments of all meters that the services of a server have.</summary>
    private static List<Instrument> Instruments(MaruServer server)
    {
        _ = server.Service<ChatEngine>();
        foreach (var type in typeof(MaruOptions).Assembly.GetTypes().Where(HasMeter))
            server.Service<IServiceProvider>().GetService(type).ShouldNotBeNull(type.Name);
        List<Instrument> found = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("Maru.", StringComparison.Ordinal)) found.Add(instrument);
        };
        listener.Start();
        return found;
    }

    private static bool HasMeter(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Any(field => field.FieldType == typeof(Meter));

    private static string Row(Instrument instrument)
    {
        var kind = instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" or "ObservableCounter" => "counter",
            "Histogram" => "histogram",
            _ => "gauge",
        };
        var suffix = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            ['{', ..] => "",
            var unit => throw new InvalidOperationException($"{instrument.Name} has the unit {unit}, which nothing else has"),
        };
        var name = instrument.Name.Replace('.', '_');
        if (!name.EndsWith(suffix, StringComparison.Ordinal)) name += suffix;
        if (kind == "counter") name += "_total";
        return $"| `{instrument.Name}` | `{name}` | {kind} | {instrument.Unit} | {instrument.Description} |";
    }
}
