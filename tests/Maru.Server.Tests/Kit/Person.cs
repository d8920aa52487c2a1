using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Kit;

/// <summary>Somebody who is signed in.</summary>
public sealed record Person(User User, string AccessToken, string RefreshToken, HttpClient Http)
{
    /// <summary>Everybody's.</summary>
    public const string Password = "correct horse";

    public long Id => User.Id;

    public string Handle => User.Handle;
}
