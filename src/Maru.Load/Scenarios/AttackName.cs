namespace Maru.Load.Scenarios;

/// <summary>An attack as a scenario names it: <c>kind[+token][+tls]</c>.</summary>
/// <param name="Kind">one of <see cref="Kinds"/></param>
/// <param name="Token">the attackers sign in, where the kind does not need it</param>
/// <param name="Tls">the attackers come over TLS</param>
internal sealed record AttackName(string Kind, bool Token, bool Tls)
{
    /// <summary>Every kind, with what its attackers do.</summary>
    public static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["pongs"] = "4 sockets send empty pongs without a pause",
        ["blank-lines"] = "4 sockets send blank lines without a pause: in messages of their own, and thousands in one",
        ["pipelined"] = "8 connections send GET /nothing without a pause and read what comes back",
        ["subscribe"] = "4 sockets of one account SUBSCRIBE and UNSUBSCRIBE without a pause, with ids of 15,000 bytes",
        ["long-ids"] = "20 sockets of one account make 1,000 subscriptions each, with ids of 15,000 bytes, and keep them",
        ["refused-sends"] = "8 sockets of one account send to a room that is not theirs, without a pause",
        ["signals"] = "80 sockets of one account have 1,000 subscriptions to one signal and read nothing: 150 signals, then 48 a second",
        ["large-signals"] = "the same with signals of 60 KB",
        ["transactions"] = "400 sockets of ten accounts BEGIN, send 16 KB at a time, and never COMMIT",
        ["slots"] = "one address opens 12,000 sockets without a token and says nothing",
        ["handles"] = "one address opens 12,000 connections and says nothing at all",
        ["deaf"] = "10 accounts with 100 sockets each ask for their room from its beginning and read nothing",
        ["upgrade-flood"] = "32 at a time open a socket and close it, without a pause",
    };

    private static readonly string[] WithToken = ["pongs", "blank-lines", "pipelined"];

    private static readonly string[] WithAccount =
        ["subscribe", "long-ids", "refused-sends", "signals", "large-signals", "transactions", "deaf"];

    /// <summary>Returns whether its attackers have accounts.</summary>
    public bool SignsIn => Token || WithAccount.Contains(Kind);

    public static AttackName Parse(string text)
    {
        var parts = text.Split('+');
        var name = new AttackName(parts[0], parts.Skip(1).Contains("token"), parts.Skip(1).Contains("tls"));
        if (!Kinds.ContainsKey(name.Kind) || name.ToString() != text)
            throw new ScenarioException(
                $"The scenario's kinds: '{text}' is no attack; give kind, kind+token, kind+tls or kind+token+tls. "
                    + $"Kinds: {string.Join(", ", Kinds.Keys)}.");
        if (name.Token && !WithToken.Contains(name.Kind))
            throw new ScenarioException($"The scenario's kinds: '{text}': +token is for {string.Join(", ", WithToken)} only.");
        return name;
    }

    public override string ToString() => Kind + (Token ? "+token" : "") + (Tls ? "+tls" : "");
}
