using System.Reflection;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Maru.Server.Features.Messages;

/// <summary>
/// The part of a room's history that a request asks for, <c>?before=&amp;after=&amp;limit=</c>, and the faults of these parameters.
/// </summary>
internal sealed class HistoryRequest : IEndpointParameterMetadataProvider
{
    private const string BeforeName = "before";
    private const string AfterName = "after";

    public required FieldErrors Errors { get; init; }

    /// <summary>The seq before which it ends; null: the end of the log.</summary>
    public long? Before { get; private init; }

    /// <summary>The seq behind which it begins, forwards; null: backwards from the end.</summary>
    public long? After { get; private init; }

    /// <summary>Items at most.</summary>
    public int Size { get; private init; }

    public static ValueTask<HistoryRequest> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var errors = new FieldErrors();
        return ValueTask.FromResult(new HistoryRequest
        {
            Errors = errors,
            Before = SeqParameter.Read(query[BeforeName], BeforeName, errors),
            After = SeqParameter.Read(query[AfterName], AfterName, errors),
            Size = PageRequest.ReadSize(context, errors),
        });
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ApiParameter(BeforeName, "The messages before this seq, the newest of them.", ApiSchemas.Seq, 120));
        builder.Metadata.Add(new ApiParameter(AfterName, "The messages behind this seq, the oldest of them.", ApiSchemas.Seq, 17));
        builder.Metadata.Add(PageRequest.Limit(builder.ApplicationServices));
    }
}
