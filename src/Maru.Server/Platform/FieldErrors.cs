using Maru.Server.Platform.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform;

/// <summary>Collects what is wrong with the fields of a request, so that one answer names it all.</summary>
internal sealed class FieldErrors
{
    private readonly Dictionary<string, string[]> _errors = [];

    public bool Any => _errors.Count > 0;

    /// <param name="field">the name in JSON</param>
    /// <param name="text">what a good value looks like</param>
    public void Add(string field, string text) => _errors[field] = _errors.TryGetValue(field, out var texts) ? [.. texts, text] : [text];

    /// <summary>The text to keep; what is wrong with it is noted.</summary>
    public string Keep(string field, TextVerdict verdict)
    {
        if (verdict.Error is not null) Add(field, verdict.Error);
        return verdict.Text;
    }

    public ProblemHttpResult Result() => Problems.Invalid(_errors);
}
