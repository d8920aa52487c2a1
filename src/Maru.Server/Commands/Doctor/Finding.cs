namespace Maru.Server.Commands.Doctor;

/// <summary>How grave a finding is.</summary>
internal enum Level
{
    Ok,

    /// <summary>It works, and is worse than it should be.</summary>
    Warning,

    /// <summary>It does not work, or not safely.</summary>
    Problem,
}

/// <summary>What a check found.</summary>
/// <param name="Check">the name of the check</param>
/// <param name="Level">how grave it is</param>
/// <param name="Found">what there is, with numbers; never a secret</param>
/// <param name="Advice">what to do; null where all is well</param>
internal sealed record Finding(string Check, Level Level, string Found, string? Advice = null)
{
    public static Finding Ok(string check, string found) => new(check, Level.Ok, found);

    public static Finding Warning(string check, string found, string advice) => new(check, Level.Warning, found, advice);

    public static Finding Problem(string check, string found, string advice) => new(check, Level.Problem, found, advice);

    /// <summary>Returns a problem that would end the server's start: its message says first what is wrong, and then what to do.</summary>
    public static Finding Problem(string check, Exception e)
    {
        var message = e.Message.ReplaceLineEndings(" ");
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0
            ? Problem(check, message, "Correct that, and look again.")
            : Problem(check, message[..end], message[(end + 2)..]);
    }
}
