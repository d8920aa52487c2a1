namespace Maru.Server.Features.Accounts;

internal sealed class SignupOptions
{
    /// <summary>false: nobody can make an account on their own.</summary>
    public bool Open { get; set; } = true;
}
