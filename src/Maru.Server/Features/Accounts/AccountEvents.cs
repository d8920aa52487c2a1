using Maru.Engine;
using Maru.Engine.Bus;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// Tells other parts of the server about changes of accounts. The endpoints of this slice call the methods after the commit, on the
/// request's thread, and wait for the handlers: these are short and do not throw. The real-time part subscribes at start; nobody
/// unsubscribes. Other nodes get ids alone:
/// <code>
/// profile changed  = 2 user
/// presence changed = 3 user shows         shows: 0 or 1
/// last seen changed = 4 user shows
/// </code>
/// </summary>
internal sealed class AccountEvents
{
    private const byte Changed = 2;
    private const byte PresenceSet = 3;
    private const byte LastSeenSet = 4;

    private static readonly BusChannel Channel = new("accounts", Travel.Sure);

    private readonly IBus _bus;

    public AccountEvents(IBus bus)
    {
        _bus = bus;
        bus.Subscribe(Channel, Hear);
    }

    /// <summary>Raised on every node when a user's name or picture changed; also after the account's deletion.</summary>
    public event Action<UserId>? ProfileChanged;

    /// <summary>Raised on every node when a user shows their presence from now on (true), or hides it.</summary>
    public event Action<UserId, bool>? PresenceChanged;

    /// <summary>Raised on every node when a user tells when they were there last (true), or does not any more.</summary>
    public event Action<UserId, bool>? LastSeenChanged;

    /// <summary>
    /// Raised when an account was deleted: the user leaves every room. Comes after <see cref="ProfileChanged"/> and the end of the
    /// sessions, on one node only.
    /// </summary>
    public event Action<UserId>? AccountDeleted;

    public void ChangeProfile(UserId user)
    {
        ProfileChanged?.Invoke(user);
        var frame = FrameWriter.Begin(Changed);
        frame.Number(user.Value);
        _bus.Publish(Channel, frame.Written);
    }

    public void ChangePresence(UserId user, bool shows)
    {
        PresenceChanged?.Invoke(user, shows);
        Publish(PresenceSet, user, shows);
    }

    public void ChangeLastSeen(UserId user, bool shows)
    {
        LastSeenChanged?.Invoke(user, shows);
        Publish(LastSeenSet, user, shows);
    }

    public void DeleteAccount(UserId user) => AccountDeleted?.Invoke(user);

    private void Publish(byte kind, UserId user, bool shows)
    {
        var frame = FrameWriter.Begin(kind);
        frame.Number(user.Value);
        frame.Byte(shows ? (byte)1 : (byte)0);
        _bus.Publish(Channel, frame.Written);
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        switch (reader.Byte())
        {
            case Changed:
                ProfileChanged?.Invoke(new UserId(reader.Number()));
                break;
            case PresenceSet:
                PresenceChanged?.Invoke(new UserId(reader.Number()), reader.Byte() == 1);
                break;
            case LastSeenSet:
                LastSeenChanged?.Invoke(new UserId(reader.Number()), reader.Byte() == 1);
                break;
        }
    }
}
