using System.Threading.RateLimiting;
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
/// Hashes passwords, some hundred milliseconds of pure computation each, outside of the thread pool, so that a burst of sign-ins slows down
/// nothing but sign-ins. A bounded number waits; beyond it the result is "busy" at once. Strangers wait in a queue of their own, so that a
/// flood of theirs keeps nobody else from a password. Any thread.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private static readonly object Nobody = new();   // the hasher takes a user and ignores it

    private readonly PasswordHasher<object> _hasher;
    private readonly GuessLimits _limits;
    private readonly ConcurrencyLimiter _forStrangers;
    private readonly ConcurrencyLimiter _forKnown;
    private readonly string _nobodysHash;

    public Passwords(PasswordOptions options, GuessLimits limits)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = options.Iterations }));
        _limits = limits;
        (_forStrangers, _forKnown) = (Workers(options), Workers(options));
        _nobodysHash = _hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
    }

    /// <summary>Hashes a password; null when too many are waiting.</summary>
    /// <param name="password">as it was typed</param>
    /// <param name="isKnown">false for those who have not signed in yet: they wait apart from the others</param>
    /// <param name="ct">ends the wait</param>
    public Task<string?> HashAsync(string password, bool isKnown, CancellationToken ct) =>
        ComputeAsync(isKnown, null, () => (string?)_hasher.HashPassword(Nobody, TextPolicy.PasswordForms(password)[0]), ct);

    /// <summary>
    /// Checks a password, or returns why it was not checked. Takes the same time whether there is a hash or, for an unknown handle, none.
    /// </summary>
    /// <param name="guess">whose guess it is</param>
    /// <param name="hash">the stored hash; null for none</param>
    /// <param name="password">as it was typed</param>
    /// <param name="context">the request; its end ends the wait for a worker</param>
    public async Task<(PasswordCheck Check, ProblemHttpResult? Refusal)> CheckAsync(
        Guess guess, string? hash, string password, HttpContext context)
    {
        if (_limits.Hold(guess, context) is { } refusal) return (default, refusal);
        var isWrong = true;     // a client that leaves before it has the answer has guessed all the same
        try
        {
            PasswordCheck? check = await ComputeAsync(
                guess.Guesser != Guesser.Stranger,
                null,
                () => (PasswordCheck?)Verify(hash, TextPolicy.PasswordForms(password)),
                context.RequestAborted);
            isWrong = check == PasswordCheck.Wrong;
            return check is null ? (default, Problems.Busy(context)) : (check.Value, null);
        }
        finally
        {
            _limits.Settle(guess, isWrong);
        }
    }

    /// <summary>
    /// Returns whether the hash is of the password and as strong as a new one: asked by those who may set it, so it is no guess. Null when
    /// too many are waiting.
    /// </summary>
    public Task<bool?> IsOfAsync(string hash, string password, CancellationToken ct) => ComputeAsync(
        true, null, () => (bool?)(Verify(hash, TextPolicy.PasswordForms(password)) == PasswordCheck.Right), ct);

    public void Dispose()
    {
        _forStrangers.Dispose();
        _forKnown.Dispose();
    }

    private static ConcurrencyLimiter Workers(PasswordOptions options) => new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Workers > 0 ? options.Workers : Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = options.Queue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

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

    private async Task<T> ComputeAsync<T>(bool isKnown, T busy, Func<T> compute, CancellationToken ct)
    {
        using var turn = await (isKnown ? _forKnown : _forStrangers).AcquireAsync(1, ct);
        return turn.IsAcquired ? await Task.Factory.StartNew(compute, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default) : busy;
    }
}
