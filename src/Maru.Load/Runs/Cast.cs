using System.Globalization;
using Maru.Load.Scenarios;

namespace Maru.Load.Runs;

/// <summary>
/// The users of the clients, and the rooms in use. <c>maru seed</c> puts user number i of the token file into room number i mod (rooms of
/// the rooms file); client j is the (j / rooms)-th member of the scenario's room j mod rooms,
/// and so are readers beyond the clients.
/// </summary>
internal sealed record Cast(IReadOnlyList<string> Tokens, IReadOnlyList<long> Rooms)
{
    public static Cast Read(Scenario scenario, string tokensFile, string roomsFile)
    {
        var rooms = ReadLines(roomsFile, "--rooms", scenario)
            .Select(line => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id : throw new ScenarioException(
                $"{roomsFile}: '{line}' is no room id; one a line, as 'maru seed --rooms-file' writes them.")).ToArray();
        return Choose(scenario, ReadLines(tokensFile, "--tokens", scenario), rooms);
    }

    public static Cast Choose(Scenario scenario, IReadOnlyList<string> tokens, IReadOnlyList<long> rooms)
    {
        if (rooms.Count < scenario.Rooms)
            throw new ScenarioException($"The scenario needs {scenario.Rooms} rooms, the rooms file has {rooms.Count}. {Advice(scenario)}");
        var last = Enumerable.Range(Math.Max(0, scenario.People - scenario.Rooms), Math.Min(scenario.Rooms, scenario.People)).Max(User);
        if (last >= tokens.Count)
            throw new ScenarioException(
                $"The scenario needs user number {last} of the token file, which has {tokens.Count} users in {rooms.Count} rooms. "
                    + $"{Advice(scenario)}");
        return new Cast([.. Enumerable.Range(0, scenario.People).Select(j => tokens[User(j)])], [.. rooms.Take(scenario.Rooms)]);

        int User(int client) => (client % scenario.Rooms) + (client / scenario.Rooms * rooms.Count);
    }

    private static string[] ReadLines(string file, string option, Scenario scenario)
    {
        if (!File.Exists(file)) throw new ScenarioException($"There is no file '{file}' ({option}). {Advice(scenario)}");
        return [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
    }

    private static string Advice(Scenario scenario)
        => $"Make them with: maru seed --users {scenario.People} --rooms {scenario.Rooms} --tokens tokens.txt --rooms-file rooms.txt";
}
