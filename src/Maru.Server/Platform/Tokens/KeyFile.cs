using System.Security.Cryptography;

namespace Maru.Server.Platform.Tokens;

/// <summary>The signing key's file in the data folder, <c>keys/jwt-hs256.key</c> or <c>keys/jwt-es256.pem</c>: made on the first start, readable by its owner alone.</summary>
internal static class KeyFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="StartException">The file cannot be made or read, or others can read it.</exception>
    public static SigningKey Open(string dataFolder, string algorithm)
    {
        var path = Path.GetFullPath(Path.Combine(dataFolder, "keys", algorithm == Es256Key.Name ? "jwt-es256.pem" : "jwt-hs256.key"));
        try
        {
            if (!File.Exists(path)) Make(path, algorithm == Es256Key.Name ? NewEs256() : NewHs256());
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
                throw new StartException($"Others can read the signing key {path}. Run: chmod 600 {path} - and make a new key if they may have done so.");
            return algorithm == Es256Key.Name ? ReadEs256(File.ReadAllText(path)) : new Hs256Key(Convert.FromBase64String(File.ReadAllText(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The signing key cannot be read or made: {e.Message} Correct Maru:Data or the folder's permissions.", e);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            throw new StartException($"The signing key {path} is damaged. Restore it, or delete it: a new one is made, and everybody signs in again.", e);
        }
    }

    private static string NewHs256() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Hs256Key.MinKeyBytes)) + "\n";

    private static string NewEs256()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static Es256Key ReadEs256(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return new Es256Key(key.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>Whole or not at all: written beside its place, then moved there unless another process was first.</summary>
    private static void Make(string path, string text)
    {
        var folder = Path.GetDirectoryName(path) ?? path;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var draft = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
