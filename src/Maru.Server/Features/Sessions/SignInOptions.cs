namespace Maru.Server.Features.Sessions;

/// <summary>Rules for sign-ins.</summary>
internal sealed class SignInOptions
{
    /// <summary>A sign-in ends the user's other sessions.</summary>
    public bool Single { get; set; }
}
