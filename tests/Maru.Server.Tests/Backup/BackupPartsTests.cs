using Maru.Server.Backup.Places;

namespace Maru.Server.Tests.Backup;

/// <summary>The names of backups and of their parts.</summary>
public sealed class BackupPartsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_name_comes_behind_the_newest_whatever_the_clock_says()
    {
        var first = BackupParts.NewName(Noon, null);
        first.ShouldStartWith("20261130T120000Z-");
        BackupParts.NewName(Noon, null).ShouldNotBe(first);
        BackupParts.NewName(Noon, first).ShouldStartWith("20261130T120001Z-");
        BackupParts.NewName(Noon.AddHours(-1), first).ShouldStartWith("20261130T120001Z-");
        BackupParts.NewName(Noon.AddHours(1), "20261130T120000Z").ShouldStartWith("20261130T130000Z-");
        BackupParts.IsName(first).ShouldBeTrue();
    }

    [Theory]
    [InlineData("20261130T120000Z", true)]
    [InlineData("20261130T120000Z-0123abcd", true)]
    [InlineData("20261130T120000Z-0123ABCD", false)]
    [InlineData("20261130T120000Z-copy", false)]
    [InlineData("20261330T120000Z", false)]
    [InlineData("2026", false)]
    public void Other_names_are_nobodys_business(string name, bool isOne) => BackupParts.IsName(name).ShouldBe(isOne);

    [Theory]
    [InlineData("files/files/7/original.1764500000000", true)]
    [InlineData("files/previews/7/picture.1764500000000", true)]
    [InlineData("files/7/original", false)]
    [InlineData("files/files/7/original", false)]
    [InlineData("files/files/files/7/original.1764500000000", false)]
    public void Contents_of_other_stores_are_not_those_of_backups(string part, bool isOne) =>
        BackupParts.IsSharedContent(part).ShouldBe(isOne);

    [Theory]
    [InlineData("maru.db", false)]
    [InlineData("files/files/7/original.1", false)]
    [InlineData("/etc/passwd", true)]
    [InlineData("keys/../../x", true)]
    [InlineData(@"keys\..\..\x", true)]
    [InlineData("C:x", true)]
    [InlineData("files/files/7.1/original", true)]
    public void A_part_stays_in_its_backup(string part, bool isOutside) => BackupParts.IsOutside(part).ShouldBe(isOutside);
}
