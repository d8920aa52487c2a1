using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// What the HTTP server and TLS read of a connection: of a stranger's each read, handshakes included, passes the <see cref="ReadQueue"/>;
/// of somebody's who has signed in, only reads beyond their <see cref="Turn"/>. One reader.
/// </summary>
internal sealed class RequestReader(PipeReader input, Peer peer) : PipeReader
{
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        peer.IsKnown && !Turn.IsOver(peer) ? input.ReadAsync(cancellationToken) : ReadInTurnAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => input.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadInTurnAsync(CancellationToken ct)
    {
        var read = await input.ReadAsync(ct);
        await ReadQueue.NextAsync(first: peer.Client is not null);
        return read;
    }
}
