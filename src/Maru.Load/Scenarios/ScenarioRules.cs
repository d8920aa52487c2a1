namespace Maru.Load.Scenarios;

/// <summary>The rules for scenarios beyond their types. Each message names the field and says what to do.</summary>
internal static class ScenarioRules
{
    /// <summary>The shortest text that holds sender, number and time.</summary>
    public const int SmallestPayload = 64;

    public static void Check(Scenario s)
    {
        Require(s.Clients > 0, "clients: give the number of connections (or members and rooms).");
        Require(s.Rooms > 0, "rooms: at least 1.");
        Require(s.Members == 0 || s.Members * s.Rooms == s.Clients, "members: clients must be rooms x members; leave one of them out.");
        Require(s.Senders >= 0 && s.Senders <= s.Clients, "senders: between 0 (all) and clients.");
        Require(s.Rate >= 0 && s.Window >= 0, "rate, window: not negative.");
        Require(s.Rate == 0 || s.Window == 0, "rate (open loop) and window (closed loop) exclude each other: leave one out.");
        Require(s.Payload is >= SmallestPayload and <= 60_000, "payload: 64 to 60000 bytes.");
        Require(s.Ramp >= 0 && s.Warmup >= 0 && s.DrainTimeout >= 0, "ramp, warmup, drainTimeout: not negative, in seconds.");
        Require(s.Duration is > 0 and <= 86_400, "duration: more than 0 and at most 86400 seconds.");
        Require(s.SlowShare is >= 0 and < 1, "slowShare: from 0 to below 1.");
        Require(s.SlowBytesPerSecond >= 0, "slowBytesPerSecond: not negative.");
        Require(s.ReconnectShare is >= 0 and <= 1, "reconnectShare: from 0 to 1.");
        Require(s.ReconnectEvery > 0, "reconnectEvery: more than 0 seconds.");
        Require(s.HeartBeat is >= 0 and <= 3600, "heartBeat: 0 (none) to 3600 seconds.");
        Require(s.BaselineClients >= 0 && s.BaselineClients < s.Clients, "baselineClients: fewer than clients.");
        Require(s.Threads is >= 1 and <= 64, "threads: 1 to 64.");
        Require(s.Readers >= 0 && s.RoomStreams >= 0, "readers, roomStreams: not negative.");
        Require(s.RoomStreams == 0 || s.Readers > 0, "roomStreams: needs readers, one at least.");
        Require(s.Readers == 0 || (s.History && s.Clients >= s.Rooms), "readers: they need history, and a client in each room.");
        Require(s.RoomsEach is >= 1 and <= 200 && s.Tabs >= 0, "roomsEach: 1 to 200; tabs: not negative.");
        Require(s.StreamShare is >= 0 and <= 1, "streamShare: from 0 to 1.");
        Require(s.TabEvery >= 0 && s.ReadEvery >= 0, "tabEvery, readEvery: not negative, in seconds.");
        foreach (var fault in s.Faults)
        {
            Require(fault.At >= 0 && fault.Every is 0 or >= 0.1, "faults: at is not negative, every is 0 (once) or at least 0.1 seconds.");
            Require(
                fault.Run is null || fault.OneOf.Count == 0,
                "faults: run (one name) and oneOf (several) exclude each other: leave one out, or both for one of all given.");
        }

        Require(s.AttackFor > 0 && s.AttackRest >= 0, "attackFor, attackRest: more than 0 seconds, and not negative.");
        Require(s.AttackSize > 0, "attackSize: more than 0; 1 is the usual size.");
        Require(s.Addresses is >= 1 and <= 60_000, "addresses: 1 to 60000.");
        Require(s.AttackAddresses is >= 1 and <= 60_000, "attackAddresses: 1 to 60000.");
        Require(s.Kinds.Count <= 100, "kinds: at most 100.");
        foreach (var name in s.Kinds) AttackName.Parse(name);
        foreach (var text in s.Thresholds) Threshold.Parse(text);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ScenarioException("The scenario's " + otherwise);
    }
}
