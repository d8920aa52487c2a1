namespace Maru.Engine.Problems;

/// <summary>
/// One kind of refusal, the same on every transport: the <c>type</c> of HTTP problem details, the <c>message</c> of a STOMP ERROR and the
/// reason of a close.
/// </summary>
/// <param name="Slug">stable name, for programs</param>
/// <param name="Status">HTTP status code</param>
/// <param name="Title">what happened and what to do, for people</param>
/// <param name="CloseCode">the code with which a WebSocket closes because of it (RFC 6455, 7.4.1, and the registry behind it)</param>
public sealed record Problem(string Slug, int Status, string Title, ushort CloseCode = 1008)
{
    public static readonly Problem Malformed = new("malformed", 400, "The request cannot be read.");
    public static readonly Problem Invalid = new("invalid", 400, "Some fields are not valid.");
    public static readonly Problem Unauthenticated = new(
        "unauthenticated", 401, "Sign in first: the access token is missing, wrong or expired.");
    public static readonly Problem WrongCredentials = new("wrong-credentials", 401, "The handle or the password is wrong.");
    public static readonly Problem SessionEnded = new("session-ended", 401, "This session has ended. Sign in again.");
    public static readonly Problem Forbidden = new("forbidden", 403, "You may not do this here.");
    public static readonly Problem CrossOrigin = new("cross-origin", 403, "The cookie is for pages of this server alone.");
    public static readonly Problem WrongRoomPassword = new("wrong-room-password", 403, "The room's password is wrong or missing.");
    public static readonly Problem MayNotWrite = new("may-not-write", 403, "This person takes no messages from you.");
    public static readonly Problem BlockedByYou = new("blocked-by-you", 403, "You block this person: lift the block first.");
    public static readonly Problem Banned = new("banned", 403, "You are banned from this room.");
    public static readonly Problem ReadOnly = new("read-only", 403, "Only the owner and admins write in this room.");
    public static readonly Problem AnonymousPoll = new("anonymous-poll", 403, "This poll is anonymous: nobody sees who voted for what.");
    public static readonly Problem SignupClosed = new("signup-closed", 403, "This server takes no new accounts.");
    public static readonly Problem Guest = new("guest", 403, "This is not for guests: it takes an account.");
    public static readonly Problem NotFound = new("not-found", 404, "There is nothing here that you may see.");
    public static readonly Problem UnknownDestination = new("unknown-destination", 404, "There is no such destination.");
    public static readonly Problem Conflict = new("conflict", 409, "This contradicts what is there already.");
    public static readonly Problem HandleTaken = new("handle-taken", 409, "This handle is taken.");
    public static readonly Problem KeyReused = new("idempotency-key-reused", 409, "This idempotency key was used for another message.");
    public static readonly Problem TransactionRefused = new(
        "transaction-refused", 409, "Something else in this transaction was refused. Nothing of it was stored.");
    public static readonly Problem OwnerMustHandOver = new("owner-must-hand-over", 409, "Make another member the owner first.");
    public static readonly Problem DirectRoom = new(
        "direct-room", 409, "A direct room belongs to its two people for good: nobody comes, goes or changes it.");
    public static readonly Problem TooManyRooms = new(
        "too-many-rooms", 409, "One person would be in more rooms than they may be. Leave one first.");
    public static readonly Problem RoomFull = new("room-full", 409, "This room has as many members as it may have.");
    public static readonly Problem OwnerPresent = new(
        "owner-present", 409, "The owner has been here lately: only they hand the room over.");
    public static readonly Problem TooManyBans = new(
        "too-many-bans", 409, "This room has as many bans as it may have: lift one of them first.");
    public static readonly Problem TooManyInvitations = new(
        "too-many-invitations", 409, "This room has as many invitation links as it may have: revoke one of them first.");
    public static readonly Problem NotEditable = new(
        "not-editable", 409, "This message was deleted or forwarded, is of the system, or is a poll: it stays as it is.");
    public static readonly Problem TooManyEmoji = new(
        "too-many-emoji", 409, "This message has as many kinds of emoji as it may have: take one of them.");
    public static readonly Problem TooManyReactions = new(
        "too-many-reactions", 409, "You have given this message as many reactions as one person may: take one back first.");
    public static readonly Problem TooManyStars = new(
        "too-many-stars", 409, "You have starred as many messages as one person may: take a star off one first.");
    public static readonly Problem TooManyScheduled = new(
        "too-many-scheduled", 409, "You have scheduled as many messages as one person may: cancel one first, or wait.");
    public static readonly Problem TooManyPins = new(
        "too-many-pins", 409, "This room has as many pinned messages as it may have: unpin one of them first.");
    public static readonly Problem PollClosed = new("poll-closed", 409, "This poll is closed: its votes stay as they are.");
    public static readonly Problem TooManyContacts = new(
        "too-many-contacts", 409, "One of you has as many contacts as one person may: remove one first.");
    public static readonly Problem TooManyRequests = new(
        "too-many-contact-requests", 409, "As many requests for a contact are open as may be, yours or theirs: take one back, or wait.");
    public static readonly Problem AskedRecently = new(
        "asked-recently", 409, "You asked this person not long ago, and they declined: ask again another day.");
    public static readonly Problem TooManyBlocks = new(
        "too-many-blocks", 409, "You block as many people as one person may: lift a block first.");
    public static readonly Problem TooManyPending = new(
        "too-many-pending-invitations", 409,
        "Somebody has as many invitations to rooms as they may have: they must accept or decline some.");
    public static readonly Problem TooLarge = new("too-large", 413, "This is larger than the server takes.", 1009);
    public static readonly Problem UpgradeRequired = new("upgrade-required", 426, "This address speaks WebSocket only.");
    public static readonly Problem RateLimited = new("rate-limited", 429, "Too many requests. Wait a moment.");
    public static readonly Problem SlowMode = new("slow-mode", 429, "This room is slow: wait before you send the next message.");
    public static readonly Problem Internal = new("internal", 500, "The server failed. The operator can see why in its log.", 1011);
    public static readonly Problem Unavailable = new(
        "unavailable", 503,
        "The store does not answer. Send again later with the same key: what was stored all the same is not stored twice.", 1013);
    public static readonly Problem StorageFull = new(
        "storage-full", 507, "The store is full. Nothing was saved; send again later with the same key.", 1013);

    // Reasons for which connections end.
    public static readonly Problem BadFrame = new("bad-frame", 400, "This is not a STOMP frame.", 1002);
    public static readonly Problem UnsupportedVersion = new("unsupported-version", 400, "This server speaks STOMP 1.0, 1.1 and 1.2.", 1002);
    public static readonly Problem ConnectFirst = new(
        "connect-first", 400, "The first frame must be CONNECT, and there is only one.", 1002);
    public static readonly Problem TooManySubscriptions = new(
        "too-many-subscriptions", 429, "There are as many subscriptions as a connection, or an account, may have.");
    public static readonly Problem TooManyConnections = new(
        "too-many-connections", 429, "There are as many connections as the server takes.");
    public static readonly Problem Silent = new("heart-beat-lost", 408, "Nothing came from the client in the time agreed on.");
    public static readonly Problem ShuttingDown = new("shutting-down", 503, "The server is going down. Connect again in a moment.", 1012);
}
