using System.Threading.RateLimiting;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Maru.Server.Platform.Credentials;

internal enum PasswordCheck : byte
{
    Wrong,
    Right,

    /// <summary>Right, but the stored hash is weaker than a new one, or is of another form of the password.</summary>
    RightButWeak,
}

/// <summary>
/// Hashes passwords, some tens of milliseconds of pure computation each, outside of the thread pool, so that a burst of sign-ins slows down
/// nothing but sign-ins. A bounded number waits; beyond it the result is "busy" at once. Any thread.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly object Nobody = new();   // the hasher takes a user and ignores it

    private readonly PasswordHasher<object> _hasher;
    private readonly ConcurrencyLimiter _workers;
    private readonly RateLimit _ofOne;
    private readonly RateLimit _ofStrangers;
    private readonly string _nobodysHash;

    public Passwords(PasswordOptions options, RateLimitOptions limits, SharedLimits shared)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = options.Iterations }));
        _workers = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.Workers > 0 ? options.Workers : Math.Max(1, Environment.ProcessorCount / 2),
            QueueLimit = options.Queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _ofOne = new RateLimit(
            "attempt", shared.Add(Limit.Attempts, limits.AttemptsPerAccount, limits.AttemptsPerAccount, Minute));
        _ofStrangers = new RateLimit(
            "stranger", shared.Add(Limit.StrangersAttempts, limits.AttemptsByStrangers, limits.AttemptsByStrangers, Minute));
        _nobodysHash = _hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
    }

    /// <summary>Hashes a password; null when too many are waiting.</summary>
    public Task<string?> HashAsync(string password, CancellationToken ct) =>
        ComputeAsync(null, () => (string?)_hasher.HashPassword(Nobody, TextPolicy.PasswordForms(password)[0]), ct);

    /// <summary>
    /// Checks a password, or returns why it was not checked. Takes the same time whether there is a hash or, for an unknown handle, none.
    /// </summary>
    /// <param name="guess">whose guess it is: one guesser is stopped first, before they use up the limit of all strangers</param>
    /// <param name="hash">the stored hash; null for none</param>
    /// <param name="password">as it was typed</param>
    /// <param name="context">the request; its end ends the wait for a worker</param>
    public async Task<(PasswordCheck Check, ProblemHttpResult? Refusal)> CheckAsync(
        Guess guess, string? hash, string password, HttpContext context)
    {
        if (Take(guess, context) is { } refusal) return (default, refusal);
        var check = await ComputeAsync(
            null, () => (PasswordCheck?)Verify(hash, TextPolicy.PasswordForms(password)), context.RequestAborted);
        return check is null ? (default, Problems.Busy(context)) : (check.Value, null);
    }

    public void Dispose() => _workers.Dispose();

    /// <summary>Counts the guess; returns the refusal, or null.</summary>
    private ProblemHttpResult? Take(Guess guess, HttpContext context) =>
        _ofOne.Take(context, RateLimits.KeyOf($"{guess.By} {guess.Secret}"), onlyRefusal: true)
        ?? (guess.ByStranger ? _ofStrangers.Take(context, RateLimits.KeyOf(guess.Secret), onlyRefusal: true) : null);

    private PasswordCheck Verify(string? hash, string[] forms)
    {
        foreach (var form in forms)
        {
            var result = _hasher.VerifyHashedPassword(Nobody, hash ?? _nobodysHash, form);
            if (hash is null || result == PasswordVerificationResult.Failed) continue;
            return result == PasswordVerificationResult.Success && form == forms[0] ? PasswordCheck.Right : PasswordCheck.RightButWeak;
        }

        return PasswordCheck.Wrong;
    }

    private async Task<T> ComputeAsync<T>(T busy, Func<T> compute, CancellationToken ct)
    {
        using var turn = await _workers.AcquireAsync(1, ct);
        return turn.IsAcquired ? await Task.Factory.StartNew(compute, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default) : busy;
    }
}
