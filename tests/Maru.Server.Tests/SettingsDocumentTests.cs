using Microsoft.Extensions.Configuration;

namespace Maru.Server.Tests;

public sealed class SettingsDocumentTests
{
    [Fact]
    public void The_operators_page_names_every_setting_with_its_default()
    {
        var page = Repository.Read("docs/operations.md");
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build()
            .GetSection("Maru");
        var rows = settings.AsEnumerable()
            .Where(setting => setting.Value is not null)
            .Select(setting => $"| `{setting.Key.Replace(":", "__", StringComparison.Ordinal)}` | {Default(setting.Value)} |");
        rows.Where(row => !page.Contains(row, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static string Default(string? value) =>
        string.IsNullOrEmpty(value) ? "(empty)" : bool.TryParse(value, out var flag) ? $"`{(flag ? "true" : "false")}`" : $"`{value}`";
}
