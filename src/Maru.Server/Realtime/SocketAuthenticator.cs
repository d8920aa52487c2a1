using Maru.Engine.Log;
using Maru.Server.Features.Sessions;

namespace Maru.Server.Realtime;

/// <summary>Puts what Accounts knows of a token into the engine's words.</summary>
internal sealed class SocketAuthenticator(Authenticator accounts, TimeProvider time)
{
    public async ValueTask<Engine.Connections.Identity?> AuthenticateAsync(string token, CancellationToken ct)
    {
        if (await accounts.AuthenticateAsync(token, ct) is not { } identity) return null;
        var user = identity.User;
        return new Engine.Connections.Identity(
            identity.UserId, identity.SessionId, identity.ExpiresAt - time.GetUtcNow(), MessageJson.User(identity.UserId, user.Handle, user.Name, user.AvatarUrl));
    }
}
