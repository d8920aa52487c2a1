namespace Maru.Server.Tests.Kill;

/// <summary>
/// A server under load that is killed again and again, each time started anew on what it left;
/// or, in its place, the PostgreSQL on which it stands.
/// </summary>
/// <param name="database">the store's connection string</param>
internal sealed class KillRun(string folder, string database) : IAsyncDisposable
{
    private const int Talkers = 36;
    private const int Rooms = 4;

    private MaruProcess? _server;

    /// <summary>The longest time after the server began its work; a kill comes at a random moment up to then.</summary>
    public TimeSpan LongestLife { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>The store that is killed instead of the server, which lives on.</summary>
    public PostgresServer? Victim { get; init; }

    public List<Talker> Members { get; } = [];

    /// <summary>One line for people: the figures of the run.</summary>
    public string Figures =>
        $"{Members.Sum(x => x.Acknowledgements)} acknowledgements, {Members.Sum(x => x.Events.Count)} deliveries, "
            + $"{Members.Sum(x => x.Retries)} retries, {Members.Sum(x => x.Connections)} connections";

    /// <param name="kills">how often</param>
    /// <param name="betweenLives">done to the store while the server is dead</param>
    /// <returns>what the verdict has to say: nothing, if all is well</returns>
    public async Task<IReadOnlyList<string>> RunAsync(int kills, Action? betweenLives = null)
    {
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, Talkers, Rooms, Database);
        for (var i = 0; i < Talkers; i++)
            Members.Add(new Talker(i, tokens[i], rooms[i % Rooms]) { Bearable = Victim is null ? [] : ["unavailable"] });
        await StartAsync();
        using var sending = new CancellationTokenSource();
        using var ending = new CancellationTokenSource();
        var running = Task.WhenAll(
            Members.Select(talker => Task.Run(() => talker.RunAsync(() => _server?.Address, sending.Token, ending.Token))));
        for (var i = 0; i < kills; i++)
        {
            await UntilAcknowledgedAsync();
            await Task.Delay(LongestLife * Random.Shared.NextDouble());     // between two messages or in the middle of a commit
            await (Victim?.KillAsync() ?? KillAsync());
            betweenLives?.Invoke();
            await (Victim?.StartAgainAsync() ?? StartAsync());
        }

        await UntilAcknowledgedAsync();
        await sending.CancelAsync();
        await SettleAsync();
        await ending.CancelAsync();
        await running.Within("the talkers to end");
        await KillAsync();
        return await Verdict.OnAsync(database, Members);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        foreach (var member in Members) member.Dispose();
    }

    private string Database => $"--Maru:Database={database}";

    private async Task StartAsync() => _server = await MaruProcess.StartAsync(folder, Database);

    private async Task KillAsync()
    {
        if (_server is not { } server) return;
        _server = null;
        await server.KillAsync();
        await server.DisposeAsync();
    }

    private Task UntilAcknowledgedAsync()
    {
        var before = Members.Sum(talker => talker.Acknowledgements);
        return Deadline.Until(() => Members.Sum(talker => talker.Acknowledgements) > before + 100, "acknowledgements");
    }

    /// <summary>
    /// Everything is acknowledged, and everybody has seen all that was: a RECEIPT may come before the event.
    /// What does not settle in time is the verdict's business.
    /// </summary>
    private async Task SettleAsync()
    {
        try
        {
            await Deadline.Until(
                () => Members.TrueForAll(talker => talker.IsSettled)
                    && Members.GroupBy(talker => talker.Room).All(room => HaveSeen(room, room.Max(talker => talker.LastAcknowledged))),
                "all to be settled");
        }
        catch (TimeoutException)
        {
        }

        static bool HaveSeen(IGrouping<long, Talker> room, long seq) =>
            room.Min(talker => talker.Last) is var last && last >= seq && room.Max(talker => talker.Last) == last;
    }
}
