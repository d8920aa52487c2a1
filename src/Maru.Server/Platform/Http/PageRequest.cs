using System.Reflection;
using Maru.Engine.Codecs;
using Maru.Server.Platform.Api;
using Microsoft.AspNetCore.Http.Metadata;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The page of a list that a request asks for, <c>?after=&amp;limit=</c>, and the faults of these parameters. The handler adds the faults
/// of its own parameters, so that one response names them all.
/// </summary>
internal sealed class PageRequest : IEndpointParameterMetadataProvider
{
    private const string AfterName = "after";
    private const string LimitName = "limit";

    public FieldErrors Errors { get; } = new();

    /// <summary>The cursor behind which it begins; null: at the beginning.</summary>
    public PageCursor? After { get; private init; }

    /// <summary>Items at most.</summary>
    public int Size { get; private set; }

    public static ValueTask<PageRequest> BindAsync(HttpContext context)
    {
        var after = context.Request.Query[AfterName].ToString();
        var page = new PageRequest { After = PageCursor.Read(after) };
        if (after.Length > 0 && page.After is null) page.RefuseCursor();
        page.Size = ReadSize(context, page.Errors);
        return ValueTask.FromResult(page);
    }

    /// <summary>Adds a fault: the cursor is of another list.</summary>
    public void RefuseCursor() => Errors.Add(AfterName, "The next of the page before.");

    /// <summary>Reads the <c>limit</c> of the request; the default where it has none.</summary>
    public static int ReadSize(HttpContext context, FieldErrors errors)
    {
        var limits = context.RequestServices.GetRequiredService<LimitOptions>();
        var values = context.Request.Query[LimitName];
        if (values.Count == 0) return Usual(limits);
        if (Number.TryRead(values.ToString(), out var size) && size >= 1 && size <= limits.PageItems) return (int)size;
        errors.Add(LimitName, $"1 to {limits.PageItems}.");
        return 0;
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(
            new ApiParameter(AfterName, "The `next` of the page before; absent: the first page.", ApiSchemas.Text, "MTc6"));
        builder.Metadata.Add(Limit(builder.ApplicationServices));
    }

    public static ApiParameter Limit(IServiceProvider services)
    {
        var limits = services.GetRequiredService<LimitOptions>();
        return new ApiParameter(LimitName, "Items of the page at most.", ApiSchemas.Range(1, limits.PageItems, Usual(limits)), 20);
    }

    private static int Usual(LimitOptions limits) => Math.Min(50, limits.PageItems);
}
