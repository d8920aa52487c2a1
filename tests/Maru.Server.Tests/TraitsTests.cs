namespace Maru.Server.Tests;

public sealed class TraitsTests
{
    /// <summary>Folders whose tests <c>./test.sh --quick</c> leaves out: it knows them by this trait.</summary>
    private static readonly string[] Categories = ["Clients", "Faults", "Kill", "Load", "Slow"];

    [Fact]
    public void A_class_in_the_folder_of_a_category_has_its_trait()
    {
        var missing = from type in typeof(TraitsTests).Assembly.GetTypes()
                      where type.IsPublic && type.Name.EndsWith("Tests", StringComparison.Ordinal)
                      let folder = type.Namespace?.Split('.')[^1]
                      where Categories.Contains(folder) && !IsOf(type, folder)
                      select $"""{type.Name} needs [Trait("Category", "{folder}")]""";
        missing.ShouldBeEmpty();
    }

    private static bool IsOf(Type type, string category) => type.GetCustomAttributes(typeof(TraitAttribute), false)
        .Cast<TraitAttribute>().Any(trait => trait is { Name: "Category" } && trait.Value == category);
}
