using System.Security.Cryptography;
using Maru.Server.Configuration;
using Maru.Server.Files;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// The keys in the data folder. One signs, <c>keys/jwt-hs256.key</c> or <c>keys/jwt-es256.pem</c>: made on the first start, readable by its
/// owner alone. Those in <c>keys/verify</c> only verify: secrets (<c>*.key</c>) and keys on P-256 or of RSA, also public ones
/// (<c>*.pem</c>).
/// </summary>
internal static class KeyFile
{
    private const int LeastDifferentBytes = 8;     // 32 random bytes have some 30, 40 random digits 10

    /// <exception cref="StartException">The file cannot be made or read, or others can read it.</exception>
    public static SigningKey Open(string dataFolder, string algorithm, ILogger? log = null)
    {
        var isCurve = algorithm == TokenKey.Es256;
        var path = Path.GetFullPath(Path.Combine(dataFolder, "keys", isCurve ? "jwt-es256.pem" : "jwt-hs256.key"));
        return Guard(path, "delete it: a new one is made, and everybody signs in again", () =>
        {
            if (log is not null) LookAtFolders(dataFolder, log);
            if (!IsThere(path)) Make(path, isCurve ? NewCurve() : NewSecret());
            var text = Read(path);
            return isCurve ? ReadCurve(text, SigningKey.OfCurve) : SigningKey.OfSecret(ReadSecret(path, text));
        });
    }

    /// <summary>Reads the keys that only verify: those that signed before, or will sign next.</summary>
    /// <exception cref="StartException">A file cannot be read, others can read its secret, or it is no key.</exception>
    public static SecurityKey[] OpenOthers(string dataFolder)
    {
        var folder = Path.GetFullPath(Path.Combine(dataFolder, "keys", "verify"));
        if (!IsThere(folder)) return [];
        var paths = Guard(folder, "take it away", () => Directory.GetFiles(folder));
        return [.. paths.Order(StringComparer.Ordinal).Select(path => Guard(path, "take it away", () => OpenOther(path)))];
    }

    private static SecurityKey OpenOther(string path)
    {
        var text = Read(path);
        if (Path.GetExtension(path) != ".pem") return TokenKey.OfSecret(ReadSecret(path, text));
        try
        {
            return ReadCurve(text, key => TokenKey.OfCurve(key.ExportParameters(includePrivateParameters: false)));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            using var key = RSA.Create();
            key.ImportFromPem(text);
            return TokenKey.OfRsa(key);
        }
    }

    private static string Read(string path)
    {
        var text = GivenFile.Read(path);
        var isPublic = text.Contains("-----BEGIN ", StringComparison.Ordinal) && !text.Contains("PRIVATE KEY", StringComparison.Ordinal);
        if (isPublic || !OwnFile.IsOpen(path)) return text;
        throw new StartException($"Others can read the key {path}. Run: chmod 600 {path} - and make a new key if they may have done so.");
    }

    private static byte[] ReadSecret(string path, string text)
    {
        var secret = Convert.FromBase64String(text);
        if (secret.Length < TokenKey.MinSecretBytes) return secret;     // the key itself refuses it
        if (secret.Distinct().Count() >= LeastDifferentBytes && !Repeats(secret)) return secret;
        throw new StartException($"The key {path} is not random. Delete it: a new one is made, and everybody signs in again.");
    }

    /// <summary>Returns whether the bytes are one piece over and over, such as a word.</summary>
    private static bool Repeats(ReadOnlySpan<byte> bytes)
    {
        for (var piece = 1; piece <= bytes.Length / 2; piece++)
        {
            if (bytes[piece..].SequenceEqual(bytes[..^piece])) return true;
        }

        return false;
    }

    /// <summary>Returns whether anything has this name, be it a link to nothing.</summary>
    private static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static void LookAtFolders(string dataFolder, ILogger log)
    {
        OwnFile.WarnIfShared(dataFolder, log);
        OwnFile.Close(Path.Combine(dataFolder, "keys"), log);
        OwnFile.Close(Path.Combine(dataFolder, "keys", "verify"), log);
    }

    private static T Guard<T>(string path, string remedy, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"A key for tokens cannot be read or made: {e.Message} Correct Maru:Data or the folder's permissions.", e);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            throw new StartException($"The key {path} is damaged. Restore it, or {remedy}.", e);
        }
    }

    private static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(TokenKey.MinSecretBytes)) + "\n";

    private static string NewCurve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static T ReadCurve<T>(string pem, Func<ECDsa, T> read)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return read(key);
    }

    /// <summary>Makes a file, whole or not at all: writes it under another name and moves it, unless another process was first.</summary>
    private static void Make(string path, string text)
    {
        var folder = Path.GetDirectoryName(path) ?? path;
        OwnFile.MakeFolder(Path.GetDirectoryName(folder) ?? folder);
        OwnFile.MakeFolder(folder);
        var draft = $"{path}.{Environment.ProcessId}";
        try
        {
            using (var file = OwnFile.Open(draft, FileMode.Create))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // another process was first
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
