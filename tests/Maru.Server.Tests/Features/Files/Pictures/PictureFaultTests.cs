using System.Globalization;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Pictures;
using Microsoft.Extensions.Logging.Abstractions;
using NetVips;

namespace Maru.Server.Tests.Features.Files.Pictures;

/// <summary>
/// Whose fault it is when a picture is not made: processes are stopped and killed amid their work, and pictures take what they may not.
/// </summary>
public sealed class PictureFaultTests : IDisposable
{
    private static long Last;

    private readonly Folder _folder = new();

    /// <summary>By which a test finds its own processes.</summary>
    private readonly long _memory = (600L * 1024 * 1024) + (Environment.ProcessId * 1000L) + Interlocked.Increment(ref Last);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_is_stopped_costs_time_and_says_nothing_about_its_picture()
    {
        using var maker = Maker(new() { Timeout = TimeSpan.FromSeconds(3) });
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
        var stopped = Processes().Single();
        Signals.Pause(stopped);
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Failed);
        Processes().ShouldNotContain(stopped, "it is ended");
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
    }

    [Fact]
    public async Task A_process_that_is_killed_amid_its_work_is_followed_by_one_that_does_it()
    {
        using var maker = Maker();
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
        var first = Processes().Single();
        Signals.Pause(first);
        var making = MakeAsync(maker);
        Signals.Kill(first);
        (await making.Within("it to be made")).ShouldBe(PictureOutcome.Made);
        Processes().Single().ShouldNotBe(first);
    }

    [Fact]
    public async Task Where_all_are_killed_the_machine_is_at_fault()
    {
        using var maker = Maker();
        var making = MakeAsync(maker);
        while (!making.IsCompleted)
        {
            foreach (var process in Processes()) Signals.Kill(process);
            await Task.Yield();
        }

        (await making).ShouldBe(PictureOutcome.Failed);
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
    }

    [Fact]
    public async Task A_process_that_crashes_is_followed_by_one_that_makes_its_picture()
    {
        using var maker = Maker();
        var source = NewSource();
        using var pipe = Pipes.MakeOpen(source);
        var making = MakeAsync(maker, source);
        var first = await ReaderAsync(source);
        File.WriteAllBytes($"{source}.png", Uploads.Pixel);
        File.Move($"{source}.png", source, overwrite: true);
        Signals.Crash(first);
        (await making.Within("it to be made")).ShouldBe(PictureOutcome.Made);
        Processes().Single().ShouldNotBe(first);
    }

    [Fact]
    public async Task A_picture_at_which_two_processes_crash_is_refused_for_good()
    {
        await using var server = await MaruServer.StartAsync($"--Maru:Files:Pictures:MemoryBytes={_memory}");
        var ann = await server.SignUpAsync();
        await ann.UploadAsync(Uploads.Pixel, "dot.png");
        var first = Processes().Single();
        Signals.Pause(first);
        var uploading = ann.TryUploadAsync(Uploads.Pixel, "dot.png");
        var arrived = "";
        await Deadline.Until(
            () =>
            {
                arrived = server.Contents().SingleOrDefault(path => Path.GetFileName(path) == "arrived");
                return arrived is not null && new FileInfo(arrived).Length == Uploads.Pixel.Length;
            },
            "it to arrive");
        // In its place is what no process comes to the end of.
        File.Delete(arrived!);
        using (Pipes.MakeOpen(arrived!))
        {
            Signals.Resume(first);
            (await ReaderAsync(arrived!)).ShouldBe(first);
            Signals.Crash(first);
            var second = await ReaderAsync(arrived!, otherThan: first);
            uploading.IsCompleted.ShouldBeFalse();
            Signals.Crash(second);
            await uploading.Within("it to be refused").ShouldRefuse(FileProblems.UnsupportedFile);
        }

        Processes().ShouldBeEmpty("no third one comes to it");
        server.Contents().Where(path => path.Contains("arriving", StringComparison.Ordinal)).ShouldBeEmpty();
        await ann.UploadAsync(Uploads.Pixel, "dot.png");
    }

    [Fact]
    public async Task Two_are_made_at_once_where_the_setting_says_so()
    {
        using var maker = Maker(new() { Workers = 2, Timeout = TimeSpan.FromMinutes(5) });
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
        var stopped = Processes().Single();
        Signals.Pause(stopped);
        var first = MakeAsync(maker);
        (await MakeAsync(maker).Within("another to be made meanwhile")).ShouldBe(PictureOutcome.Made);
        Processes().Length.ShouldBe(2);
        first.IsCompleted.ShouldBeFalse();
        Signals.Resume(stopped);
        (await first.Within("the first to go on")).ShouldBe(PictureOutcome.Made);
    }

    [Fact]
    public async Task Who_leaves_waits_no_more_and_the_process_at_their_picture_is_ended()
    {
        using var maker = Maker(new() { Timeout = TimeSpan.FromMinutes(5) });
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
        var stopped = Processes().Single();
        Signals.Pause(stopped);
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var (making, waiting) = (MakeAsync(maker, ct: first.Token), MakeAsync(maker, ct: second.Token));
        await second.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.Within("the one that waits to end"));
        making.IsCompleted.ShouldBeFalse();
        await first.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => making.Within("the one that is made to end"));
        Processes().ShouldBeEmpty();
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
    }

    [Fact]
    public async Task No_more_wait_than_may_however_many_come_at_once()
    {
        using var maker = Maker(new() { Queue = 3, Timeout = TimeSpan.FromMinutes(5) });
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
        var stopped = Processes().Single();
        Signals.Pause(stopped);
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => Task.FromResult(MakeAsync(maker)), Ct)));
        await Deadline.Until(() => all.Count(x => x.IsCompleted) == 36, "those beyond the bound to be told");
        Signals.Resume(stopped);
        var outcomes = await Task.WhenAll(all);
        outcomes.Count(x => x == PictureOutcome.Made).ShouldBe(4);
        outcomes.Count(x => x == PictureOutcome.Full).ShouldBe(36);
    }

    [Fact]
    public async Task A_picture_at_which_a_process_computes_for_too_long_is_at_fault_itself()
    {
        using var image = Image.Gaussnoise(4000, 3000, sigma: 40, mean: 128).Cast(Enums.BandFormat.Uchar);
        var large = image.PngsaveBuffer(compression: 1);
        using var maker = Maker(new() { Timeout = TimeSpan.FromMilliseconds(200) });
        // On a busy machine a process may hardly compute in that time
        await Deadline.Until(async () => await MakeAsync(maker, large) == PictureOutcome.TooSlow, "it to be too slow");
    }

    [Fact]
    public async Task A_picture_within_the_pixels_that_takes_more_memory_than_there_is_is_refused_and_the_next_is_made()
    {
        var bomb = Bomb();
        bomb.Length.ShouldBeLessThan(2_000_000);
        using (var large = Maker()) (await MakeAsync(large, bomb)).ShouldBe(PictureOutcome.Made, "it is a picture");
        using var maker = Maker(memory: 256L * 1024 * 1024);
        (await MakeAsync(maker, bomb)).ShouldBeOneOf(PictureOutcome.None, PictureOutcome.Deadly);
        (await MakeAsync(maker)).ShouldBe(PictureOutcome.Made);
    }

    [Fact]
    public async Task An_upload_is_asked_to_come_again_where_the_machine_is_at_fault()
    {
        await using var server = await MaruServer.StartAsync(
            $"--Maru:Files:Pictures:MemoryBytes={_memory}", "--Maru:Files:Pictures:Timeout=00:00:03");
        var ann = await server.SignUpAsync();
        await ann.UploadAsync(Uploads.Pixel, "dot.png");
        Signals.Pause(Processes().Single());
        using (var refused = await ann.TryUploadAsync(Uploads.Pixel, "dot.png"))
        {
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
            await Task.FromResult(refused).ShouldRefuse(Problem.Unavailable);
        }

        await ann.UploadAsync(Uploads.Pixel, "dot.png");
        var upload = await ann.BeginAsync(Uploads.Pixel.Length, "dot.png");
        Signals.Pause(Processes().Single());
        await ann.Http.TryAppendAsync(upload, 0, Uploads.Pixel).ShouldRefuse(Problem.Unavailable);
        (await ann.SeeAsync(upload)).File.ShouldNotBeNull("what came is kept, and looked at again").Kind.ShouldBe("image");
        server.Contents().Where(path => path.Contains("arriving", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(PictureOutcome.None, "unsupported-file", 0)]
    [InlineData(PictureOutcome.Deadly, "unsupported-file", 0)]
    [InlineData(PictureOutcome.TooSlow, "unsupported-file", 0)]
    [InlineData(PictureOutcome.Failed, "unavailable", 5)]
    [InlineData(PictureOutcome.Full, "rate-limited", 1)]
    internal void Each_outcome_has_its_refusal(PictureOutcome outcome, string slug, int again)
    {
        var refusal = FileProblems.NotMade(outcome);
        (refusal.Problem.Slug, refusal.RetryAfter).ShouldBe((slug, again));
    }

    public void Dispose() => _folder.Dispose();

    private PictureMaker Maker(PictureOptions? options = null, long memory = 0)
    {
        options ??= new PictureOptions();
        options.MemoryBytes = memory > 0 ? memory : _memory;
        return new PictureMaker(options, TimeProvider.System, NullLogger<PictureMaker>.Instance);
    }

    private Task<PictureOutcome> MakeAsync(PictureMaker maker, byte[]? bytes = null, CancellationToken ct = default)
    {
        var source = NewSource();
        File.WriteAllBytes(source, bytes ?? Uploads.Pixel);
        return MakeAsync(maker, source, ct);
    }

    private static async Task<PictureOutcome> MakeAsync(PictureMaker maker, string source, CancellationToken ct = default) =>
        (await maker.TryMakeAsync(source, Path.GetDirectoryName(source)!, ct)).Outcome;

    private string NewSource() =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, Path.GetRandomFileName())).FullName, "source");

    /// <summary>Waits for a process of this test's maker that has the file open; returns it.</summary>
    private async Task<int> ReaderAsync(string path, int otherThan = 0)
    {
        var reader = 0;
        await Deadline.Until(
            () => (reader = Processes().FirstOrDefault(process => process != otherThan && HasOpen(process, path))) > 0,
            "a process to be at it");
        return reader;
    }

    /// <summary>The processes of this test's maker that have not ended.</summary>
    private int[] Processes() =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let name = Path.GetFileName(folder)
           where int.TryParse(name, out _) && CommandOf(folder).EndsWith($"pictures\0{_memory}\0", StringComparison.Ordinal)
           select int.Parse(name, CultureInfo.InvariantCulture),
    ];

    private static bool HasOpen(int process, string path)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fd").Any(file => new FileInfo(file).LinkTarget == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;       // it has ended
        }
    }

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";      // it has ended
        }
    }

    /// <summary>Some bytes that are 49 million pixels of 8 bytes, all of which must be in memory at once.</summary>
    private static byte[] Bomb()
    {
        using var image = Image.Black(7000, 7000, bands: 4).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);
        return image.PngsaveBuffer(compression: 9, interlace: true, bitdepth: 16);
    }
}
