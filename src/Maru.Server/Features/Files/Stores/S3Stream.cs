using Amazon.S3.Model;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// Reads a file of an S3 store, from where one begins to its end in one response; a response that breaks off is asked for anew from there.
/// Only asynchronously. One caller at a time.
/// </summary>
internal sealed class S3Stream(S3Calls calls, string name, long length, string version) : Stream
{
    private const int Tries = 3;    // without a byte between

    private GetObjectResponse? _response;
    private long _at;               // where the response goes on
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.Length == 0) return 0;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var read = await ReadOnceAsync(buffer, cancellationToken);
                await EventLoop.LeaveAsync();
                _position = _at += read;
                return read;
            }
            catch (Exception e) when (S3Calls.IsFailure(e) && !cancellationToken.IsCancellationRequested)
            {
                await EventLoop.LeaveAsync();
                HangUp();
                // A file that is not the one any more stays so
                if (tries == Tries || e is Amazon.S3.AmazonS3Exception) throw S3Calls.Failed("send a file", e);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) HangUp();
        base.Dispose(disposing);
    }

    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken ct)
    {
        var response = _response is not null && _at == _position ? _response : await AskAsync(ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(calls.Options.Timeout);
        var most = (int)Math.Min(buffer.Length, length - _at);
        var read = await response.ResponseStream.ReadAsync(buffer[..most], limit.Token);
        return read > 0 ? read : throw new EndOfStreamException("The response broke off.");
    }

    private async Task<GetObjectResponse> AskAsync(CancellationToken ct)
    {
        HangUp();
        var request = new GetObjectRequest
        {
            BucketName = calls.Options.Bucket,
            Key = name,
            ByteRange = new ByteRange(_position, length - 1),
            EtagToMatch = version,
        };
        var response = await calls.RunAsync("send a file", (client, token) => client.GetObjectAsync(request, token), ct);
        if (response.ContentLength != length - _position)
        {
            response.Dispose();
            throw new FileStoreException(
                Problem.Unavailable, "The S3 store sent another range than it was asked for.");
        }

        (_response, _at) = (response, _position);
        return response;
    }

    private void HangUp()
    {
        _response?.Dispose();
        _response = null;
    }
}
