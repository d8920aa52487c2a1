namespace Maru.Server.Platform.Credentials;

/// <summary>The one who tries a password, as limits see them.</summary>
internal enum Guesser : byte
{
    /// <summary>A signed-in user, at a room's password.</summary>
    User,

    /// <summary>A session, at the password of its own account.</summary>
    Session,

    /// <summary>A sign-in from a device that proves that it signed in to the account before.</summary>
    KnownDevice,

    /// <summary>A sign-in from an address where the account has a session, or had one until lately.</summary>
    KnownAddress,

    /// <summary>Any other sign-in: it also counts together with those of all other strangers.</summary>
    Stranger,
}

/// <summary>A try at a password, as limits count it.</summary>
/// <param name="Secret">
/// what the password opens: for strangers the handle or e-mail address as it was typed, for others a key with a colon, such as an account's
/// or a room's
/// </param>
/// <param name="By">the key of the address or device, or the id of the session or user, that tries</param>
/// <param name="Guesser">who that is</param>
internal readonly record struct Guess(string Secret, long By, Guesser Guesser = Guesser.User);
