using Maru.Engine.Rooms;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Realtime;

/// <summary>Puts what Accounts knows of a token into the engine's words.</summary>
internal sealed class SocketAuthenticator(Authenticator accounts, TimeProvider time)
{
    public async ValueTask<Engine.Sessions.Identity?> AuthenticateAsync(string token, CancellationToken ct)
    {
        if (await accounts.AuthenticateAsync(token, ct) is not { } identity) return null;
        var user = identity.User;
        return new Engine.Sessions.Identity(
            identity.UserId, identity.SessionId, identity.ExpiresAt - time.GetUtcNow(), MessageJson.User(identity.UserId, user.Handle, user.Name, user.AvatarUrl));
    }
}
