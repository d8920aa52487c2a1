using Maru.Engine.Bus;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http;

namespace Maru.Server.Tests.Platform.Credentials;

public sealed class PasswordsTests
{
    private static readonly RateLimitOptions NoLimits = new() { Enabled = false };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_serves_those_who_wait()
    {
        using var limits = new SharedLimits(new RateLimitOptions(), new LocalBus(), TimeProvider.System);
        using var passwords = new Passwords(new PasswordOptions { Iterations = 300_000, Workers = 1, Queue = 2 }, Guesses(limits));
        var hashes = Enumerable.Range(0, 10).Select(_ => passwords.HashAsync("password", isKnown: false, Ct)).ToArray();
        var made = await Task.WhenAll(hashes);
        made.Count(hash => hash is not null).ShouldBeInRange(3, 9);   // one at work, two waiting, more where one was done meanwhile
        made.Count(hash => hash is null).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Nobody_is_let_in_by_the_hash_that_stands_in_for_an_unknown_handle()
    {
        using var limits = new SharedLimits(new RateLimitOptions(), new LocalBus(), TimeProvider.System);
        using var passwords = new Passwords(new PasswordOptions { Iterations = 1000 }, Guesses(limits));
        var ann = new Guess("ann", 1);
        var context = new DefaultHttpContext { RequestAborted = Ct };
        (await passwords.CheckAsync(ann, null, "", context)).ShouldBe((PasswordCheck.Wrong, null));
        var hash = await passwords.HashAsync("correct horse", isKnown: false, Ct);
        (await passwords.CheckAsync(ann, hash, "correct horse", context)).ShouldBe((PasswordCheck.Right, null));
        (await passwords.CheckAsync(ann, hash, "Correct horse", context)).ShouldBe((PasswordCheck.Wrong, null));
    }

    [Fact]
    public async Task A_queue_that_strangers_filled_keeps_nobody_waiting_whom_the_server_knows()
    {
        using var limits = new SharedLimits(NoLimits, new LocalBus(), TimeProvider.System);
        using var passwords = new Passwords(new PasswordOptions { Iterations = 300_000, Workers = 1, Queue = 10 }, Guesses(limits));
        var strangers = Enumerable.Range(0, 12).Select(_ => passwords.HashAsync("password", isKnown: false, Ct)).ToArray();
        strangers[^1].IsCompleted.ShouldBeTrue();
        (await passwords.HashAsync("password", isKnown: true, Ct)).ShouldNotBeNull();
        strangers[..^1].Count(hash => hash.IsCompleted).ShouldBeLessThan(strangers.Length - 1);
        await Task.WhenAll(strangers);
    }

    private static GuessLimits Guesses(SharedLimits limits) => new(new SignInLimits(limits, NoLimits), limits, NoLimits);
}
