using Maru.Engine.Codecs;

namespace Maru.Engine.People;

/// <summary>A list of people in a header or an address: ids, with commas between them.</summary>
internal static class PeopleList
{
    /// <summary>Describes a good list.</summary>
    public static string Rule(int most) => $"1 to {most} user ids, with commas between them.";

    /// <summary>Reads the list, without repetitions; false: something in it is no id, or there are none or too many.</summary>
    public static bool TryRead(string? text, int most, out IReadOnlyCollection<UserId> people)
    {
        people = [];
        var ids = (text ?? "").Split(',', most + 1, StringSplitOptions.TrimEntries);
        if (ids.Length > most) return false;
        HashSet<UserId> found = [];
        foreach (var id in ids)
        {
            if (!Number.TryRead(id, out var number) || number == 0) return false;
            found.Add(new UserId(number));
        }

        people = found;
        return true;
    }
}
