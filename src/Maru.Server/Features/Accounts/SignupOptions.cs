namespace Maru.Server.Features.Accounts;

internal sealed class SignupOptions
{
    /// <summary>false: people cannot sign up by themselves.</summary>
    public bool Open { get; set; } = true;
}
