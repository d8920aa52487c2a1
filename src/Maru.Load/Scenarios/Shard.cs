using System.Globalization;

namespace Maru.Load.Scenarios;

/// <summary>
/// One process' share of a scenario that several play together. Whole rooms where there are enough of them, so that each shard sees all of
/// its rooms; else each room's members in turn, and a shard sees only what its own members send and get.
/// </summary>
/// <param name="Number">from 1</param>
/// <param name="Of">how many processes there are</param>
internal sealed record Shard(int Number, int Of)
{
    public static readonly Shard Whole = new(1, 1);

    /// <summary>Returns whether the client of that number is this process'.</summary>
    public bool Has(int client, int rooms) => (rooms >= Of ? client % rooms : client / rooms) % Of == Number - 1;

    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var of) && number >= 1 && number <= of)
            return new Shard(number, of);
        throw new ScenarioException($"--shard {text}: give it as number/count, for instance 1/2 for the first of two processes.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");
}
