using System.Reflection;
using Maru.Engine.Codecs;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Maru.Server.Features.Messages;

/// <summary>
/// The piece of a room's history that a request asks for, <c>?before=&amp;after=&amp;limit=</c>, and what is wrong with the question.
/// </summary>
internal sealed class HistoryRequest : IEndpointParameterMetadataProvider
{
    public FieldErrors Errors { get; } = new();

    /// <summary>A seq; null: the end.</summary>
    public long? Before { get; private init; }

    /// <summary>Forwards from this seq; null: backwards.</summary>
    public long? After { get; private init; }

    /// <summary>Items at most.</summary>
    public int Size { get; private set; }

    public static ValueTask<HistoryRequest> BindAsync(HttpContext context)
    {
        var request = new HistoryRequest { Before = ReadSeq(context, "before"), After = ReadSeq(context, "after") };
        request.Size = PageRequest.ReadSize(context, request.Errors);
        return ValueTask.FromResult(request);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ApiParameter("before", "The messages before this seq, the newest of them.", ApiSchemas.Seq, 120));
        builder.Metadata.Add(new ApiParameter("after", "The messages behind this seq, the oldest of them.", ApiSchemas.Seq, 17));
        builder.Metadata.Add(PageRequest.Limit(builder.ApplicationServices));
    }

    /// <summary>A parameter of the wrong form is refused as the framework refuses one.</summary>
    private static long? ReadSeq(HttpContext context, string name)
    {
        if (!context.Request.Query.TryGetValue(name, out var text)) return null;
        return Number.TryRead(text.ToString(), out var seq) ? seq : throw new BadHttpRequestException($"{name} is no seq.");
    }
}
