namespace Maru.Server.Platform.Http;

/// <summary>A parameter of the address that is true or false. Absent is false; <c>?ban</c> without a value is refused.</summary>
internal static class QueryFlag
{
    public static bool Read(string? value, string name, FieldErrors errors)
    {
        if (value is not (null or "true" or "false")) errors.Add(name, "true or false.");
        return value == "true";
    }
}
