using Maru.Server.Files;

namespace Maru.Server.Tests.Files;

public sealed class ScratchFolderTests : IDisposable
{
    private readonly Folder _above = new();

    [Fact]
    public void What_others_have_in_work_stays_and_what_is_nobodys_goes()
    {
        using var first = ScratchFolder.Open(_above);
        var file = Path.Combine(first.FullName, "arrived");
        File.WriteAllText(file, "x");
        var dead = Directory.CreateDirectory(Path.Combine(_above, "dead")).FullName;
        File.WriteAllText(Path.Combine(dead, "arrived"), "x");
        var killed = Directory.CreateDirectory(Path.Combine(_above, "killed")).FullName;
        File.WriteAllText(killed + ScratchFolder.LockSuffix, "");
        File.WriteAllText(Path.Combine(_above, $"gone{ScratchFolder.LockSuffix}"), "");
        using (var second = ScratchFolder.Open(_above))
        {
            second.FullName.ShouldNotBe(first.FullName);
            Names().ShouldBe(Both(first).Concat(Both(second)), ignoreOrder: true);
        }

        File.Exists(file).ShouldBeTrue();
        Names().ShouldBe(Both(first), ignoreOrder: true);
    }

    [Fact]
    public async Task Many_that_come_at_once_take_nothing_from_each_other()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() =>
        {
            var own = ScratchFolder.Open(_above);
            File.WriteAllText(Path.Combine(own.FullName, "arrived"), own.FullName);
            return own;
        })));
        foreach (var own in all) (await File.ReadAllTextAsync(Path.Combine(own.FullName, "arrived"), Ct)).ShouldBe(own.FullName);
        foreach (var own in all) own.Dispose();
        Names().ShouldBeEmpty();
    }

    public void Dispose() => _above.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Both(ScratchFolder scratch)
    {
        var name = Path.GetFileName(scratch.FullName);
        return [name, name + ScratchFolder.LockSuffix];
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_above).Select(path => Path.GetFileName(path));
}
