using System.Globalization;
using System.Text.Json;

namespace Maru.Bench;

/// <summary>
/// Compares bytes allocated per operation, over all threads, with <c>bench/allocations.json</c>: a figure that hardly varies between
/// machines, so CI can enforce it.
/// </summary>
internal static class AllocationGate
{
    private const int Measurements = 3;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Returns 0 when no operation allocates more than it may.</summary>
    public static int Run(bool update)
    {
        var path = FindFile();
        var measured = Measure();
        if (update)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(measured.ToDictionary(x => x.Name, x => Allowed(x.Bytes)), Indented) + "\n");
            Console.WriteLine($"{path} written");
        }

        var allowed = JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(path))!;
        var failed = 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"operation",-40}{"bytes",12}{"allowed",12}"));
        foreach (var (name, bytes) in measured)
        {
            var known = allowed.TryGetValue(name, out var limit);
            var verdict = !known ? "  not in the file: run with --update" : bytes > limit ? "  TOO MUCH" : "";
            if (verdict.Length > 0) failed++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40}{bytes,12:0.00}{limit,12:0.00}{verdict}"));
        }

        return failed == 0 ? 0 : 1;
    }

    private static List<(string Name, double Bytes)> Measure()
    {
        using var operations = new Operations();
        return
        [
            ("stomp-frame-parsed", PerOperation(100_000, 1, () => operations.ParseStompFrame())),
            ("websocket-frame-unmasked", PerOperation(100_000, 1, () => operations.UnmaskWebSocketFrame())),
            ("message-event", PerOperation(20_000, 1, () => operations.MessageEvent())),
            ("delivery-itself", DeliveryItself(operations)),
            ("delivery-in-a-run-of-1", PerOperation(500, Operations.Subscribers, operations.DeliverOne)),
            ("delivery-in-a-run-of-50", PerOperation(100, 50 * Operations.Subscribers, operations.DeliverFifty)),
            ("send-to-receipt", PerOperation(5, 10_000, () => operations.Send(10_000))),
            ("draft-committed", PerOperation(200, Operations.Batch, operations.CommitBatch)),
        ];
    }

    /// <summary>Returns the bytes that one more receiver costs.</summary>
    private static double DeliveryItself(Operations operations)
    {
        var (many, few) = (PerOperation(500, 1, operations.DeliverOne), PerOperation(500, 1, operations.DeliverOneToFew));
        return (many - few) / (Operations.Subscribers - Operations.Few);
    }

    /// <summary>
    /// Returns the least of some measurements: the runtime's own threads allocate now and then, an operation each time.
    /// </summary>
    private static double PerOperation(int rounds, int operations, Action round)
    {
        for (var i = 0; i < Math.Min(rounds, 50); i++) round();
        return Enumerable.Range(0, Measurements).Min(_ => MeasureRounds()) / operations;

        double MeasureRounds()
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < rounds; i++) round();
            return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / rounds;
        }
    }

    /// <summary>
    /// Returns the bytes that are allowed: a tenth more than measured, for pools that grow now and then; nothing stays nothing.
    /// </summary>
    private static double Allowed(double bytes) => bytes < 0.01 ? 0.01 : Math.Ceiling(bytes * 1.1 * 100) / 100;

    private static string FindFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Maru.slnx"))) return Path.Combine(folder.FullName, "bench", "allocations.json");
        }

        throw new FileNotFoundException("The solution's folder is not above the program.");
    }
}
