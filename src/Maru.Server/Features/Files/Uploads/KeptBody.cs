namespace Maru.Server.Features.Files.Uploads;

/// <summary>
/// A body that ends where its connection breaks off, or its time is over, so that what came before is kept. One reader.
/// </summary>
internal sealed class KeptBody(Stream body, CancellationToken over) : Stream
{
    /// <summary>The reason why it ended early; null: it did not.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Failure is not null) return 0;
        try
        {
            return await body.ReadAsync(buffer, over);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Failure = e;
            return 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
