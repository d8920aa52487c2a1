namespace Maru.Server.Tests.Kit;

/// <summary>The programs that this machine has.</summary>
internal static class Programs
{
    /// <summary>Returns a program's path; null: it is not installed. Servers are where not everybody's PATH leads.</summary>
    public static string? Find(string program) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin"
        .Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <param name="package">Debian's, which has it</param>
    public static string PathOf(string program, string package) =>
        Find(program) ?? throw new InvalidOperationException($"{program} is missing: apt-get install {package}");
}
