namespace Maru.Server.Platform.Credentials;

/// <summary>A try at a password, as limits count it.</summary>
/// <param name="Secret">
/// the account of the password: the handle or e-mail address as it was typed; with a colon it is a key of another kind, such as a room's
/// </param>
/// <param name="By">the key of the address, or the id of the user, that tries</param>
/// <param name="ByStranger">
/// true when the account does not know that address: its tries also count together with those of all other strangers
/// </param>
internal readonly record struct Guess(string Secret, long By, bool ByStranger = false);
