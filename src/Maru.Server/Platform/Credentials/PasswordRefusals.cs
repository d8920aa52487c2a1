using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform.Credentials;

internal static class PasswordRefusals
{
    /// <summary>Returns the response when the password was not checked, else null.</summary>
    public static ProblemHttpResult? Refusal(this PasswordCheck check, HttpContext context) => check switch
    {
        PasswordCheck.Busy => Problems.Busy(context),
        PasswordCheck.TooOften => Problems.Busy(context, TimeSpan.FromMinutes(1)),   // by then all of them have come back
        _ => null,
    };
}
