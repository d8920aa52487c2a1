namespace Maru.Server.Features.Accounts;

internal sealed class SignupOptions
{
    /// <summary>false: nobody can make an account by himself.</summary>
    public bool Open { get; set; } = true;
}
