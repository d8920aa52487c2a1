using Maru.Server.Platform.Limits;

namespace Maru.Server.Platform.Credentials;

/// <summary>
/// Limits each signed-in user to one password at a time, whatever it is for: the user's others wait here, outside the queue of <see
/// cref="Passwords"/>, so that a flood of one user holds up nobody else's sign-in. Any thread.
/// </summary>
internal sealed class PasswordTurns(PasswordOptions options) : UserTurns(options.Queue);
