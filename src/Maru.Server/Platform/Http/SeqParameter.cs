using Maru.Engine.Codecs;

namespace Maru.Server.Platform.Http;

/// <summary>A parameter or header that names a position in a room's log. Absent is null; a value must be a seq, or 0.</summary>
internal static class SeqParameter
{
    public static long? Read(string? value, string name, FieldErrors errors)
    {
        if (value is null) return null;
        if (Number.TryRead(value, out var seq)) return seq;
        errors.Add(name, "A seq, or 0: decimal, without sign or leading zero.");
        return null;
    }
}
