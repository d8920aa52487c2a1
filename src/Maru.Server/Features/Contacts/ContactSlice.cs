using Maru.Server.Platform;

namespace Maru.Server.Features.Contacts;

/// <summary>Contacts: people who know each other, by the wish of both.</summary>
internal static class ContactSlice
{
    public static void AddContacts(this IServiceCollection services)
    {
        services.AddSingleton<ContactStore>();
        services.AddSingleton<ContactEvents>();
        services.AddSingleton<ContactChanges>();
        services.AddSingleton<ContactLimits>();
        services.AddJson(ContactJson.Default);
    }
}
