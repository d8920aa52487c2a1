using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform.Credentials;

/// <summary>
/// Limits sign-ins and wrong passwords. A try is held before the password is checked, so that many at once are no way around, and given
/// back where the password is right. One address is stopped before it uses up what all strangers have, and no stranger uses up what the
/// account's own devices, addresses and sessions have. A room's password also has a limit for all users together. Any thread.
/// </summary>
internal sealed class GuessLimits
{
    private readonly RateLimit _signIns;
    private readonly RateLimit _ofOne;
    private readonly RateLimit _ofStrangers;
    private readonly RateLimit _ofKnown;
    private readonly RateLimit _ofRoom;

    public GuessLimits(SignInLimits signIns, SharedLimits shared, RateLimitOptions options)
    {
        var hour = TimeSpan.FromHours(1);
        // In any hour a half at most, for an account has two names: four tenths at once, and one tenth comes back within the hour.
        var (burst, perHour) = (options.AttemptsByStrangers * 4 / 10, options.AttemptsByStrangers / 10);
        _signIns = signIns.OfAddress;
        _ofOne = new RateLimit("attempt", shared.Add(Limit.Attempts, options.AttemptsPerAccount, options.AttemptsPerAccount, hour));
        _ofStrangers = new RateLimit("stranger", shared.Add(Limit.StrangersAttempts, burst, perHour, hour));
        _ofKnown = new RateLimit("known", shared.Add(Limit.KnownAttempts, burst, perHour, hour));
        _ofRoom = new RateLimit("room-guess", shared.Add(Limit.RoomGuesses, options.AttemptsPerRoom, options.AttemptsPerRoom, hour));
    }

    /// <summary>Holds the try; returns the refusal, or null: then <see cref="Settle"/> follows.</summary>
    public ProblemHttpResult? Hold(in Guess guess, HttpContext context)
    {
        if (Limited(guess) is { } key && _signIns.Take(context, key) is { } tooMany) return tooMany;
        var limits = Of(guess);
        for (var i = 0; i < limits.Length; i++)
        {
            // Only a refusal names the limit: what is left would tell what others did.
            if (limits[i].Limit.Hold(context, limits[i].Key, onlyRefusal: true) is not { } refusal) continue;
            foreach (var (limit, held) in limits.AsSpan(0, i)) limit.Settle(held, counts: false);
            return refusal;
        }

        return null;
    }

    /// <summary>Counts the held try where the password was wrong.</summary>
    public void Settle(in Guess guess, bool isWrong)
    {
        foreach (var (limit, key) in Of(guess)) limit.Settle(key, isWrong);
    }

    /// <summary>
    /// Returns what its sign-ins are counted by, right ones too, since each costs a hash: the address or, so that nobody else at its
    /// address matters, the account of a known device.
    /// </summary>
    private static long? Limited(in Guess guess) => guess.Guesser switch
    {
        Guesser.Stranger or Guesser.KnownAddress => guess.By,
        Guesser.KnownDevice => RateLimits.KeyOf(guess.Secret),
        _ => null,
    };

    private (RateLimit Limit, long Key)[] Of(in Guess guess)
    {
        var one = RateLimits.KeyOf($"{guess.By} {guess.Secret}");
        return guess.Guesser switch
        {
            Guesser.User => [(_ofOne, one), (_ofRoom, RateLimits.KeyOf(guess.Secret))],
            Guesser.Stranger => [(_ofOne, one), (_ofStrangers, RateLimits.KeyOf(guess.Secret))],
            _ => [(_ofKnown, one)],
        };
    }
}
