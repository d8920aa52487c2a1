namespace Maru.Server.Platform.Credentials;

/// <summary>A try at a password, as limits count it.</summary>
/// <param name="Secret">whose password: the handle or e-mail address as it was typed; what has a colon is neither</param>
/// <param name="By">who tries: the key of an address, or a user's id</param>
/// <param name="ByStranger">the account does not know that address: its tries also count with those of all other strangers</param>
internal readonly record struct Guess(string Secret, long By, bool ByStranger = false);
