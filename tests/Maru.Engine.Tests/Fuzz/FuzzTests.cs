using System.Globalization;

namespace Maru.Engine.Tests.Fuzz;

public sealed class FuzzTests
{
    /// <summary>Inputs in a plain test run; <c>MARU_FUZZ</c> asks for another number, <c>MARU_FUZZ_SEED</c> for other inputs.</summary>
    private const int Inputs = 4000;

    /// <summary>Inputs to an engine: then it is made anew, so that what it keeps for its rooms' past does not grow with the run.</summary>
    private const int Round = 2000;

    private static readonly string[] Legal =
    [
        "open", "closed", "bad-frame", "too-large", "connect-first", "unauthenticated", "unsupported-version", "unknown-destination",
        "not-found", "malformed", "invalid", "conflict", "idempotency-key-reused",
    ];

    [Fact]
    [Trait("Category", "Fuzz")]
    public async Task Whatever_bytes_come_nothing_throws_and_memory_stays_within_the_limits()
    {
        var inputs = Number("MARU_FUZZ", Inputs);
        var seed = Number("MARU_FUZZ_SEED", 1);
        var ends = new Dictionary<string, int>();
        var (mostHeld, before) = (0, 0L);
        for (var done = 0; done < inputs; done += Round)
        {
            using (var fuzz = new StompFuzz(seed + done))
            {
                await fuzz.RunAsync(Math.Min(Round, inputs - done));
                mostHeld = Math.Max(mostHeld, fuzz.MostHeld);
                foreach (var (end, count) in fuzz.Ends) ends[end] = ends.GetValueOrDefault(end) + count;
            }

            // After the first round, when everything that is made once is made.
            var retained = GC.GetTotalMemory(forceFullCollection: true);
            if (before == 0) before = retained;
            retained.ShouldBeLessThan(before + (16 << 20), $"retained after {done + Round} inputs");
        }

        var summary = string.Join(", ", ends.OrderByDescending(x => x.Value).Select(x => $"{x.Key} {x.Value}"));
        TestContext.Current.SendDiagnosticMessage(
            $"{inputs} inputs from seed {seed}; at most {mostHeld} bytes held by a session; ends: {summary}");
        // Legal ends only, and the inputs are good enough to reach all parts.
        foreach (var end in ends.Keys) Legal.ShouldContain(end, summary);
        if (inputs >= Inputs) foreach (var end in Legal) ends.Keys.ShouldContain(end, summary);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
