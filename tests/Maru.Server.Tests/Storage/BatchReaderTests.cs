using Maru.Server.Storage;

namespace Maru.Server.Tests.Storage;

public sealed class BatchReaderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_while_a_read_runs_is_read_together_by_the_next_and_each_key_once()
    {
        var store = new Store();
        var (first, waiting) = (store.FindAsync(1), new List<Task<string?>>());
        var read = await store.NextReadAsync();
        read.Keys.ShouldBe([1]);
        foreach (var key in (int[])[2, 3, 2, -1]) waiting.Add(store.FindAsync(key));
        read.Answer();
        (await first.Within("the first")).ShouldBe("1");
        read = await store.NextReadAsync();
        read.Keys.ShouldBe([2, 3, -1]);
        read.Answer();
        (await Task.WhenAll(waiting).Within("the others")).ShouldBe(["2", "3", "2", null]);
    }

    [Fact]
    public async Task A_read_that_fails_fails_those_it_was_for_and_the_next_one_goes_on()
    {
        var store = new Store();
        var (first, second) = (store.FindAsync(1), store.FindAsync(1));
        var read = await store.NextReadAsync();
        var third = store.FindAsync(1);
        read.Fail(new IOException("no store"));
        foreach (var failed in (Task[])[first, second]) (await Should.ThrowAsync<IOException>(failed)).Message.ShouldBe("no store");
        (await store.NextReadAsync()).Answer();
        (await third.Within("the third")).ShouldBe("1");
    }

    [Fact]
    public async Task Who_no_longer_waits_leaves_the_answer_to_the_others()
    {
        var store = new Store();
        using var leaving = new CancellationTokenSource();
        _ = store.FindAsync(0);
        var before = await store.NextReadAsync();
        var (left, stays) = (store.FindAsync(1, leaving.Token), store.FindAsync(1));
        before.Answer();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);
        (await store.NextReadAsync()).Answer();
        (await stays.Within("the answer")).ShouldBe("1");
    }

    [Fact]
    public async Task Thousands_of_keys_are_read_in_parts_and_a_part_that_fails_fails_alone()
    {
        var store = new Store();
        var first = store.FindAsync(0);
        var read = await store.NextReadAsync();
        var all = Enumerable.Range(1, 1200).Select(key => store.FindAsync(key)).ToArray();
        read.Answer();
        (await first.Within("the first")).ShouldBe("0");
        for (var part = 0; part < 3; part++)
        {
            read = await store.NextReadAsync();
            read.Keys.ShouldBe(Enumerable.Range(1, 1200).Skip(500 * part).Take(500));
            if (part == 1) read.Fail(new IOException("no store"));
            else read.Answer();
        }

        await Task.WhenAll(all.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).Within("all");
        all.Select(task => task.IsFaulted).ShouldBe(Enumerable.Range(1, 1200).Select(key => key is > 500 and <= 1000));
    }

    /// <summary>Has a value for every key but the negative ones, when the test lets it answer.</summary>
    private sealed class Store
    {
        private readonly System.Threading.Channels.Channel<Read> _reads = System.Threading.Channels.Channel.CreateUnbounded<Read>();
        private readonly BatchReader<int, string> _reader;

        public Store() => _reader = new BatchReader<int, string>(
            keys =>
            {
                var read = new Read(keys);
                _reads.Writer.TryWrite(read).ShouldBeTrue();
                return read.Task;
            },
            value => int.Parse(value));

        public Task<string?> FindAsync(int key) => _reader.FindAsync(key, Ct);

        public Task<string?> FindAsync(int key, CancellationToken ct) => _reader.FindAsync(key, ct);

        public Task<Read> NextReadAsync() => _reads.Reader.ReadAsync(Ct).AsTask().Within("a read");
    }

    private sealed class Read(int[] keys)
    {
        private readonly TaskCompletionSource<IReadOnlyList<string>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int[] Keys => keys;

        public Task<IReadOnlyList<string>> Task => _answer.Task;

        public void Answer() => _answer.SetResult([.. keys.Where(key => key >= 0).Select(key => $"{key}")]);

        public void Fail(Exception fault) => _answer.SetException(fault);
    }
}
