using System.IO.Pipelines;
using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Problems;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// Lets a request go on once its whole body has arrived: handlers never wait for a client, and what clients have begun to send is in one
/// place, the buffers of the HTTP server. Those bytes count against the memory for all clients; when that is full, the largest and slowest
/// requests are refused. A body that arrives with its head costs nothing here.
/// </summary>
internal sealed class RequestBodies(ChatEngine engine, LimitOptions limits, RateLimitOptions rates, TimeProvider time)
{
    /// <summary>Bytes from which on a body counts: the server has taken a block as large for any request.</summary>
    private const int Counted = 4096;

    private readonly int _most = rates.Enabled ? limits.RequestsArriving : int.MaxValue;

    public Task ReceiveAsync(HttpContext context, RequestDelegate next)
    {
        if (!HasBody(context)) return next(context);
        var reader = context.Request.BodyReader;
        try
        {
            if (!reader.TryRead(out var read)) return WaitAsync(context, next);
            reader.AdvanceTo(read.Buffer.Start);        // a body that has not arrived counts with what is there already
            if (!read.IsCompleted) return WaitAsync(context, next);
        }
        catch (IOException e)
        {
            if (!IsGone(context, e)) throw;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private async Task WaitAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (await RefusalAsync(context) is { } refusal)
            {
                CloseAfter(context);
                await (refusal == Problem.RateLimited ? Problems.Busy(context) : refusal.Result()).ExecuteAsync(context);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            if (!IsGone(context, e)) throw;
            return;
        }

        await next(context);
    }

    /// <summary>Returns null when the body has arrived, or why it is refused.</summary>
    private async Task<Problem?> RefusalAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync();
        while (!read.IsCompleted && read.Buffer.Length < Counted) read = await MoreAsync(reader, read);
        if (read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            return null;
        }

        if (engine.Requests.TryAdd(Peer.SourceOf(context), _most, reader.CancelPendingRead) is not { } request)
        {
            reader.AdvanceTo(read.Buffer.End);
            return Problem.RateLimited;
        }

        Problem? refusal;
        try
        {
            await using var deadline = time.CreateTimer(Expire, request, limits.RequestTimeout, Timeout.InfiniteTimeSpan);
            while (!read.IsCompleted && !request.IsCut)
            {
                request.Hold(read.Buffer.Length);
                read = await MoreAsync(reader, read);
            }

            if (read.IsCanceled) await ReadQueue.NextAsync();       // this may be the thread that cut it
            reader.AdvanceTo(request.IsCut ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
        }
        finally
        {
            refusal = engine.Requests.Remove(request);
        }

        return refusal;
    }

    private static ValueTask<ReadResult> MoreAsync(PipeReader reader, ReadResult read)
    {
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return reader.ReadAsync();
    }

    /// <summary>Called when a body cannot be read; returns whether there is nobody to respond to.</summary>
    private static bool IsGone(HttpContext context, Exception e)
    {
        CloseAfter(context);
        if (e is BadHttpRequestException) return false;
        context.Abort();
        return true;
    }

    /// <summary>
    /// Ends the connection after the response, unless HTTP/2 has more requests on it: the rest of the body is not worth reading. Where
    /// somebody else responds to a body that broke off, the HTTP server goes on by itself, and fails in its next read.
    /// </summary>
    private static void CloseAfter(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol)) context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    private static void Expire(object? request) => ((PartialRequest)request!).Cut(Problems.RequestTimeout);

    private static bool HasBody(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && metadata.GetMetadata<IAcceptsMetadata>() is not null
        && metadata.GetMetadata<StreamedBody>() is null
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
}

/// <summary>Metadata of an endpoint that reads its body as it arrives, within limits of its own.</summary>
internal sealed class StreamedBody;
