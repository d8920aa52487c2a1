using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Invitations;

/// <summary>
/// Limits how many codes that are of no use one address may show. Nobody guesses 144 bits; this bounds what trying costs. Good codes do not
/// count. Any thread.
/// </summary>
internal sealed class InvitationGuesses(SharedLimits shared, RateLimitOptions options)
{
    private readonly RateLimit _rate = new("invitation-guess", shared.Add(
        Limit.InvitationGuesses, options.InvitationGuessesPerMinute, options.InvitationGuessesPerMinute, TimeSpan.FromMinutes(1)));

    /// <summary>Looks a code up; without a result it counts as a guess. Returns the refusal where there were too many.</summary>
    public async Task<(T? Found, ProblemHttpResult? Refusal)> TryAsync<T>(HttpContext context, Func<Task<T?>> find) where T : class
    {
        var address = RateLimits.KeyOf(context.Connection.RemoteIpAddress);
        if (_rate.Hold(context, address, onlyRefusal: true) is { } refusal) return (null, refusal);
        var isGuess = true;     // a client that leaves before it has the answer has guessed all the same
        try
        {
            var found = await find();
            isGuess = found is null;
            return (found, null);
        }
        finally
        {
            _rate.Settle(address, isGuess);
        }
    }
}
