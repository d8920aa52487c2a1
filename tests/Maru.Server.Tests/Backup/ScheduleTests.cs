using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Maru.Server.Backup;
using Maru.Server.Backup.Places;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>Backups that the server makes by itself.</summary>
[Trait("Store", "sqlite")]
public sealed class ScheduleTests(S3Process s3) : IClassFixture<S3Process>
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _seen = [];

    [Fact]
    public async Task The_newest_backups_are_kept_and_contents_are_stored_once()
    {
        using var folder = new Folder();
        var time = new ManualTime();
        var cutOff = Directory.CreateDirectory(Path.Combine(folder, "20200101T000000Z"));
        await File.WriteAllTextAsync(Path.Combine(cutOff.FullName, BackupParts.Begun), "", TestContext.Current.CancellationToken);
        var others = Directory.CreateDirectory(Path.Combine(folder, "of somebody else"));
        await using var server = await MaruServer.StartAsync(
            time, null, $"--Maru:Backup:Folder={folder.Path}", $"--Maru:Backup:Every={Every}", "--Maru:Backup:Keep=2");
        await AdvanceToAsync(time, folder, 1);
        cutOff.Refresh();
        cutOff.Exists.ShouldBeFalse();
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "first", file);
        for (var made = 2; made <= 4; made++) await AdvanceToAsync(time, folder, made);
        await Deadline.Until(() => Made(folder).Count == 2, "old backups to be removed");
        // An old one is none as soon as its manifest is gone, and its parts follow.
        await Deadline.Until(() => Made(folder).All(backup => LinksOf(ContentIn(backup)) == 2), "contents of two backups to be one file");
        others.Exists.ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(5));
        Gauge("maru.backup.age").ShouldBeGreaterThanOrEqualTo(5);
        (await Backups.TryRestoreAsync(Made(folder)[^1], Path.Combine(folder, "data"))).Code.ShouldBe(0);

        string ContentIn(string backup) => Backups.OriginalIn(backup, file);

        async Task AdvanceToAsync(ManualTime clock, string where, int count) => await Deadline.Until(
            () =>
            {
                if (_seen.Count >= count) return true;
                clock.Advance(TimeSpan.FromSeconds(15));
                foreach (var backup in Made(where)) _seen.Add(backup);
                return _seen.Count >= count;
            },
            $"backup {count}");
    }

    [Fact]
    public async Task A_backup_that_fails_is_an_error_in_the_log_and_the_server_goes_on()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using var server = await MaruProcess.StartAsync(
            folder, $"--Maru:Backup:Folder={file}", "--Maru:Backup:Every=01:00:00", "--Logging:LogLevel:Maru.Server.Backup=Information");
        await Deadline.Until(
            () => server.Lines.Any(line => line.Contains("The backup could not be made", StringComparison.Ordinal)), "the error");
        using var http = server.Client();
        await http.SendAsync("GET /health/ready").ShouldBe(200);
    }

    [Fact]
    public async Task A_backup_of_the_future_keeps_none_from_being_made()
    {
        using var folder = new Folder();
        var (data, backups) = (Path.Combine(folder, "data"), Path.Combine(folder, "backups"));
        string[] settings = [$"--Maru:Backup:Folder={backups}", "--Maru:Backup:Every=01:00:00", "--Maru:Backup:Keep=1"];
        Directory.CreateDirectory(data);
        await using (await MaruProcess.StartAsync(data, settings))
            await Deadline.Until(() => Directory.Exists(backups) && Made(backups).Count == 1, "the first backup");
        var first = Made(backups).Single();
        var manifest = Path.Combine(first, BackupParts.Manifest);
        var ct = TestContext.Current.CancellationToken;
        var wrong = JsonNode.Parse(await File.ReadAllTextAsync(manifest, ct))!;
        wrong["takenAt"] = DateTimeOffset.MaxValue.ToString("o");
        await File.WriteAllTextAsync(manifest, wrong.ToJsonString(), ct);
        Directory.Move(first, Path.Combine(backups, "99991231T235900Z"));
        await using var server = await MaruProcess.StartAsync(data, settings);
        await Deadline.Until(() => Made(backups) is [var made] && IsSecond(made), "the second one");
        server.Lines.ShouldContain(line => line.Contains("a clock was wrong", StringComparison.Ordinal));

        static bool IsSecond(string path) => Path.GetFileName(path).StartsWith("99991231T235901Z-", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backups_go_to_a_bucket_too()
    {
        using var folder = new Folder();
        var bucket = await s3.MakeBucketAsync();
        await using var server = await MaruProcess.StartAsync(
            folder,
            [$"--Maru:Backup:Folder=s3://{bucket.Bucket}/of", "--Maru:Backup:Every=01:00:00", .. S3Process.BackupSettingsOf(bucket)]);
        using var place = new BucketPlace(bucket.Of(bucket.Bucket, "of/"));
        var ct = TestContext.Current.CancellationToken;
        await Deadline.Until(async () => (await place.ListAsync(ct)).Whole.Count == 1, "the backup");
        var name = (await place.ListAsync(ct)).Whole.Single();
        await (await BackupReader.OpenAsync(place, name, ct)).VerifyAsync((_, _, _) => { }, ct);
    }

    [Fact]
    public async Task The_schedule_is_of_SQLite_alone_and_needs_a_folder()
    {
        using var folder = new Folder();
        foreach (var (setting, what) in ((string, string)[])
        [
            ("--Maru:Database=Host=127.0.0.1;Database=x;Username=x", "is for a store in SQLite"),
            ($"--Maru:Database=Data Source={folder.Path}/maru.db", "Every needs Folder"),
        ])
        {
            string[] more = what.Contains("Folder", StringComparison.Ordinal) ? [] : [$"--Maru:Backup:Folder={folder.Path}"];
            var (code, lines) = await MaruProcess.RunAsync(
                [setting, $"--Maru:Data={folder.Path}", "--Maru:Backup:Every=01:00:00", .. more]);
            code.ShouldBe(2);
            lines.ShouldHaveSingleItem().ShouldContain(what);
        }
    }

    private static List<string> Made(string folder) =>
        [.. Directory.GetDirectories(folder).Where(x => File.Exists(Path.Combine(x, BackupParts.Manifest))).Order()];

    private static uint LinksOf(string path) => Maru.Server.Files.LinuxFile.NamesOf(path).Links;

    private static double Gauge(string name)
    {
        var found = double.NaN;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => found = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }
}
