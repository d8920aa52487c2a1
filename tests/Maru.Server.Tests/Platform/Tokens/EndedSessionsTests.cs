using Maru.Server.Platform.Tokens;

namespace Maru.Server.Tests.Platform.Tokens;

public sealed class EndedSessionsTests
{
    [Fact]
    public void A_session_is_remembered_until_its_last_token_has_expired()
    {
        var time = new ManualTime();
        var ended = new EndedSessions(new JwtOptions(), time);
        ended.TryAdd(1);
        time.Advance(ended.Memory - TimeSpan.FromSeconds(1));
        ended.TryAdd(2);
        ended.Contains(1).ShouldBeTrue();
        time.Advance(EndedSessions.SeededTokenLifetime);
        ended.TryAdd(3);
        ended.Contains(1).ShouldBeFalse();
        ended.Contains(2).ShouldBeTrue();
        ended.Contains(3).ShouldBeTrue();
    }
}
