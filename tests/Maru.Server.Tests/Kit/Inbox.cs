namespace Maru.Server.Tests.Kit;

/// <summary>The frames that a client received and a test has not taken yet. Any thread.</summary>
internal sealed class Inbox
{
    private readonly Lock _gate = new();
    private readonly List<Frame> _frames = [];
    private TaskCompletionSource _arrived = New();
    private Ending? _ending;

    /// <summary>Everything that was not taken.</summary>
    public IReadOnlyList<Frame> Frames
    {
        get
        {
            lock (_gate) return [.. _frames];
        }
    }

    public void Add(Frame frame)
    {
        lock (_gate)
        {
            _frames.Add(frame);
            _arrived.SetResult();
            _arrived = New();
        }
    }

    /// <summary>Ends the inbox: nothing more comes, and waiting callers fail.</summary>
    public void End(Ending ending)
    {
        lock (_gate)
        {
            _ending = ending;
            _arrived.SetResult();
        }
    }

    /// <summary>Takes the first frame that fits; what came before it stays.</summary>
    public async Task<Frame> TakeAsync(Func<Frame, bool> wanted, string what)
    {
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                var at = _frames.FindIndex(frame => wanted(frame));
                if (at >= 0)
                {
                    var frame = _frames[at];
                    _frames.RemoveAt(at);
                    return frame;
                }

                if (_ending is not null)
                    throw new InvalidOperationException($"{_ending} before {what} came; left: {string.Join("\n", _frames)}");
                arrived = _arrived.Task;
            }

            await arrived.Within(what);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
