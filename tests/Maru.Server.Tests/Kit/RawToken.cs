using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Maru.Server.Tests.Kit;

/// <summary>Signs tokens without a library: also those that no library would make.</summary>
internal static class RawToken
{
    public static string Sign(byte[] secret, string header, byte[] payload) =>
        Sign(text => HMACSHA256.HashData(secret, text), Encoding.UTF8.GetBytes(header), payload);

    public static string Sign(byte[] secret, string payload) =>
        Sign(secret, """{"alg":"HS256","typ":"JWT"}""", Encoding.UTF8.GetBytes(payload));

    public static string Sign(RSA key, string header, string payload) => Sign(
        text => key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        Encoding.UTF8.GetBytes(header),
        Encoding.UTF8.GetBytes(payload));

    public static string Sign(ECDsa key, string header, string payload) => Sign(
        text => key.SignData(text, HashAlgorithmName.SHA256), Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload));

    /// <param name="secret">signs</param>
    /// <param name="text">header and payload as they will stand in the token</param>
    public static string SignText(byte[] secret, string text) =>
        $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)))}";

    private static string Sign(Func<byte[], byte[]> sign, byte[] header, byte[] payload)
    {
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }
}
