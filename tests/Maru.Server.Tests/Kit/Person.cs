using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Kit;

/// <summary>A user who is signed in.</summary>
public sealed record Person(User User, string AccessToken, string RefreshToken, HttpClient Http)
{
    /// <summary>The password of all test users.</summary>
    public const string Password = "correct horse";

    public long Id => User.Id;

    public string Handle => User.Handle;
}
