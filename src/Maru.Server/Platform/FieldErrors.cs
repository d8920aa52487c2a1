using Maru.Engine.Problems;
using Maru.Server.Platform.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform;

/// <summary>Collects the faults of a request's fields, so that one response names them all.</summary>
internal sealed class FieldErrors
{
    private readonly Dictionary<string, string[]> _errors = [];

    public bool Any => _errors.Count > 0;

    /// <param name="field">the name in JSON</param>
    /// <param name="text">describes a good value</param>
    public void Add(string field, string text) => _errors[field] = _errors.TryGetValue(field, out var texts) ? [.. texts, text] : [text];

    /// <summary>Adds the fault that the refusal tells, if there is one.</summary>
    public void Add(Refusal? refusal)
    {
        if (refusal is { Field: { } field, Detail: { } detail }) Add(field, detail);
    }

    /// <summary>Returns the text to keep, and adds its fault if it has one.</summary>
    public string Keep(string field, TextVerdict verdict)
    {
        if (verdict.Error is not null) Add(field, verdict.Error);
        return verdict.Text;
    }

    public ProblemHttpResult Result() => Problems.Invalid(_errors);
}
