using System.Collections.Concurrent;
using Maru.Server.Backup.Places;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Kill;

namespace Maru.Server.Tests.Backup;

/// <summary>
/// The drill: a backup is made while people send and upload, and is restored beside. The restored log of each room is the beginning of the
/// live one, without a hole, and has all that was acknowledged before the backup began.
/// </summary>
public sealed class DrillTests(S3Process s3, ITestOutputHelper output) : IClassFixture<S3Process>
{
    private const int People = 24;
    private const int Rooms = 4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backup_under_load_holds_all_that_was_acknowledged_before_it_began(bool isInBucket)
    {
        using var folder = new Folder();
        var (live, target) = (Path.Combine(folder, "live"), Path.Combine(folder, "data"));
        var bucket = await s3.MakeBucketAsync();
        var (place, reach) = isInBucket
            ? ($"s3://{bucket.Bucket}/drill", S3Process.BackupSettingsOf(bucket))
            : (Path.Combine(folder, "backup"), []);
        Directory.CreateDirectory(live);
        var (tokens, rooms) = await MaruProcess.SeedAsync(live, People, Rooms);
        var talkers = tokens.Select((token, i) => new Talker(i, token, rooms[i % Rooms])).ToArray();
        var files = new ConcurrentDictionary<long, byte>();
        await using (var server = await MaruProcess.StartAsync(live))
        {
            using var sending = new CancellationTokenSource();
            using var ending = new CancellationTokenSource();
            var running = Task.WhenAll(
            [
                .. talkers.Select(x => Task.Run(() => x.RunAsync(() => server.Address, sending.Token, ending.Token))),
                .. Enumerable.Range(0, 3).Select(
                    i => Task.Run(() => UploadAsync(server, tokens[i], rooms[i], (byte)i, files, sending.Token))),
            ]);
            await Deadline.Until(() => talkers.Sum(x => x.Acknowledgements) > 500 && files.Count > 5, "acknowledgements");
            var before = talkers.Select(x => x.Acknowledgements).ToArray();
            var filesBefore = files.Keys.ToArray();
            var (code, lines) = await MaruProcess.RunAsync(["backup", place, .. await MaruProcess.StoreAsync(live), .. reach]);
            code.ShouldBe(0, string.Join('\n', lines));
            var after = talkers.Sum(x => x.Acknowledgements);
            after.ShouldBeGreaterThan(before.Sum(), "nobody sent meanwhile");
            await Deadline.Until(() => talkers.Sum(x => x.Acknowledgements) > after + 100, "more acknowledgements");
            await sending.CancelAsync();
            await Deadline.Until(() => Array.TrueForAll(talkers, x => x.IsSettled), "all to be settled");
            await ending.CancelAsync();
            await running.Within("the talkers to end");

            var backup = isInBucket ? $"{place}/{await NameAsync(bucket.Of(bucket.Bucket, "drill/"))}" : place;
            await using var restored = await Backups.RestoreAsync(backup, target, reach);
            foreach (var token in tokens[..3])
            {
                using var http = restored.Client(token);
                await http.SendAsync("GET /api/me").ShouldBe(401);
            }

            var kept = 0;
            foreach (var room in rooms)
            {
                var (old, now) = (await LogAsync(live, room), await LogAsync(target, room));
                now.ShouldBe(old.Take(now.Count), "the restored log is no beginning of the live one");
                now.Select(x => x.Seq).ShouldBe(Enumerable.Range(1, now.Count).Select(x => (long)x));
                now.Count.ShouldBeLessThan(old.Count);
                kept += now.Count;
                foreach (var talker in talkers.Where(x => x.Room == room))
                {
                    foreach (var (message, seq) in talker.Acknowledged.Take(before[talker.Number]))
                        now[(int)seq - 1].Key.ShouldBe(Talker.Key(talker.Number, message), "it was acknowledged before the backup began");
                }
            }

            await using var store = await Verdict.OpenAsync(await TestStore.OfAsync(target));
            var there = await Verdict.RowsAsync(store, "SELECT id FROM files WHERE ready_at IS NOT NULL", 0, row => row.GetInt64(0));
            filesBefore.Except(there).ShouldBeEmpty("files that were acknowledged before the backup began");
            foreach (var id in there.Where(files.ContainsKey))
            {
                var content = await File.ReadAllBytesAsync(
                    Path.Combine(target, "files", "files", $"{id}", "original"), TestContext.Current.CancellationToken);
                content.ShouldBe(Uploads.Pdf(100_000, files[id]));
            }

            output.WriteLine($"acknowledged before: {before.Sum()}, at the end: {after}; restored: {kept} entries, {there.Count} files");
        }

        foreach (var talker in talkers) talker.Dispose();
    }

    private static async Task<string> NameAsync(S3Options options)
    {
        using var place = new BucketPlace(options);
        return (await place.ListAsync(TestContext.Current.CancellationToken)).Whole.Single();
    }

    private static async Task UploadAsync(
        MaruProcess server, string token, long room, byte fill, ConcurrentDictionary<long, byte> uploaded, CancellationToken ct)
    {
        using var http = server.Client(token);
        while (!ct.IsCancellationRequested)
        {
            using var form = Uploads.Form(Uploads.Pdf(100_000, fill), "a.pdf");
            var file = await http.PostAsync("/api/files", form, CancellationToken.None).Read<SentFile>(201);
            await http.SendAsync($"POST /api/rooms/{room}/messages", new { files = new[] { file.Id } }).Read<Message>(201);
            uploaded[file.Id] = fill;
        }
    }

    private static async Task<List<Seen>> LogAsync(string folder, long room)
    {
        await using var store = await Verdict.OpenAsync(await TestStore.OfAsync(folder));
        return await Verdict.RowsAsync(
            store,
            """
            SELECT seq, client_key, text FROM messages WHERE room_id = @room
            UNION ALL SELECT seq, CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM changes WHERE room_id = @room ORDER BY seq
            """,
            room,
            row => new Seen(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)));
    }
}
