namespace Maru.Server.Features.Sessions;

/// <summary>How people may be signed in.</summary>
internal sealed class SignInOptions
{
    /// <summary>A sign-in ends the user's other sessions.</summary>
    public bool Single { get; set; }
}
