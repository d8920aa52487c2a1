using System.Globalization;

namespace Maru.Server.Tests.Kill;

[Trait("Store", "sqlite")]
[Trait("Category", "Kill")]
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>3 in CI; <c>MARU_KILLS=20</c> or more for the long run.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("MARU_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 3;

    [Fact]
    public async Task Everything_acknowledged_survives_every_kill_once_and_in_order()
    {
        using var folder = new Folder();
        await using var run = new KillRun(folder, Store(folder));
        var faults = await run.RunAsync(Kills);
        output.WriteLine($"{Kills} kills: {run.Figures}");
        faults.ShouldBeEmpty();
    }

    /// <summary>The proof that the test above can fail at all.</summary>
    [Fact]
    public async Task A_store_that_forgets_is_found_out()
    {
        using var folder = new Folder();
        // Killed before the first checkpoint: what was acknowledged stands in the write-ahead log alone.
        await using var run = new KillRun(folder, Store(folder)) { LongestLife = TimeSpan.Zero };
        var faults = await run.RunAsync(1, () => File.Delete(Path.Combine(folder, "maru.db-wal")));
        output.WriteLine(string.Join('\n', faults));
        faults.ShouldContain(fault => fault.Contains("was acknowledged as", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DELETE FROM messages WHERE id = (SELECT max(id) FROM messages)", "acknowledged as")]
    [InlineData(
        "DELETE FROM messages WHERE id = (SELECT max(m.id) FROM messages m WHERE EXISTS "
            + "(SELECT 1 FROM messages n WHERE n.room_id = m.room_id AND n.seq > m.seq))", "has seq")]
    [InlineData("UPDATE messages SET text = 'other' WHERE id = (SELECT max(id) FROM messages)", "the store has")]
    [InlineData(
        "UPDATE messages SET client_key = (SELECT client_key FROM messages m WHERE m.room_id = messages.room_id AND m.id < "
            + "messages.id AND client_key IS NOT NULL) WHERE id = (SELECT max(id) FROM messages)", "times")]
    [InlineData("UPDATE room_heads SET last_seq = last_seq + 1", "head")]
    [InlineData("UPDATE room_heads SET messages = messages + 1", "counted")]
    [InlineData("UPDATE messages SET number = number - 1 WHERE id = (SELECT max(id) FROM messages)", "has number")]
    public async Task A_planted_fault_is_found(string sql, string fault)
    {
        using var folder = new Folder();
        await using var run = new KillRun(folder, Store(folder));
        (await run.RunAsync(0)).ShouldBeEmpty();
        await using (var store = await Verdict.OpenAsync(Store(folder)))
        {
            await using var command = store.CreateCommand();
            command.CommandText = sql;
            (await command.ExecuteNonQueryAsync()).ShouldBePositive();
        }

        (await Verdict.OnAsync(Store(folder), run.Members)).ShouldContain(line => line.Contains(fault, StringComparison.Ordinal));
    }

    private static string Store(string folder) => $"Data Source={folder}/maru.db";
}
