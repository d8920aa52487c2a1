using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Tests.Storage;

/// <summary>The properties of the SQLite library of the packages that the store relies on.</summary>
[Trait("Store", "sqlite")]
public sealed class SqliteLibraryTests
{
    static SqliteLibraryTests() => Batteries_V2.Init();

    [Fact]
    public void The_library_is_SQLite_3_53_or_newer()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        new Version(connection.ServerVersion).ShouldBeGreaterThanOrEqualTo(new Version(3, 53), "before 3.50.2 CVE-2025-6965 applies");
    }

    /// <summary>A library without usleep sleeps for whole seconds and returns 1000; readers that meet a writer would stand still.</summary>
    [Fact]
    public void The_library_sleeps_for_a_millisecond_when_asked_to() => sqlite3_sleep(1).ShouldBe(1);

    [Fact]
    public void Double_quotes_are_names_and_never_text()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = new SqliteCommand("""SELECT "text" """, connection);
        Should.Throw<SqliteException>(command.ExecuteScalar).Message.ShouldContain("no such column");
    }

    [DllImport("e_sqlite3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int sqlite3_sleep(int milliseconds);
}
