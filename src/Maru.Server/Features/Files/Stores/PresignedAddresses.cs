using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// Addresses at which the S3 store itself sends or takes one file for a while: whoever has one needs no key. They are signed in their
/// query, by AWS Signature Version 4. Any thread.
/// </summary>
internal sealed class PresignedAddresses(S3Options options, TimeProvider time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Files are put straight to the store.</summary>
    public bool TakesUploads => options is { IsUsed: true, PresignedUploads: true };

    /// <summary>
    /// Returns an address from which to read the file with that type and disposition; null: files are read through the server. Within half
    /// of its life the address is the same, so that browsers know what they have.
    /// </summary>
    /// <param name="method">GET or HEAD, for which alone it is good</param>
    public PresignedAddress? Read(string method, string key, string mediaType, string disposition)
    {
        if (options is not { IsUsed: true, Presigned: true }) return null;
        var life = (long)options.PresignedFor.TotalSeconds;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var at = DateTimeOffset.FromUnixTimeSeconds(now - (now % (life / 2)));
        return Sign(
            method,
            key,
            at,
            life,
            [
                ("response-cache-control", $"max-age={life / 2}, immutable"),
                ("response-content-disposition", disposition),
                ("response-content-type", mediaType),
            ],
            []);
    }

    /// <summary>Returns an address to which exactly so many bytes of that type may be put.</summary>
    public PresignedAddress Put(string key, long size, string mediaType, TimeSpan life) => Sign(
        HttpMethods.Put, key, time.GetUtcNow(), (long)life.TotalSeconds, [], [("content-length", $"{size}"), ("content-type", mediaType)]);

    /// <param name="at">the time from which it is good</param>
    /// <param name="life">seconds</param>
    /// <param name="query">what the store is asked to answer</param>
    /// <param name="headers">which the request must have with just these values; names in lower case, in order, before "host"</param>
    public PresignedAddress Sign(
        string method, string key, DateTimeOffset at, long life, (string Name, string Value)[] query, (string Name, string Value)[] headers)
    {
        FileKey.Check(key);
        var origin = options.BrowserOrigin;
        var path = $"{(options.PathStyle ? $"/{options.Bucket}" : "")}/{options.Prefix}{key}";
        (string Name, string Value)[] signed = [.. headers, ("host", new Uri(origin).Authority)];
        var names = string.Join(';', signed.Select(x => x.Name));
        var when = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{when[..8]}/{options.Region}/s3/aws4_request";
        (string Name, string Value)[] all =
        [
            ("X-Amz-Algorithm", Algorithm), ("X-Amz-Credential", $"{options.AccessKey}/{scope}"), ("X-Amz-Date", when),
            ("X-Amz-Expires", life.ToString(CultureInfo.InvariantCulture)), ("X-Amz-SignedHeaders", names), .. query,
        ];
        var asked = string.Join(
            '&', all.OrderBy(x => x.Name, StringComparer.Ordinal).Select(x => $"{Escape(x.Name)}={Escape(x.Value)}"));
        var request = $"{method}\n{path}\n{asked}\n{string.Concat(signed.Select(x => $"{x.Name}:{x.Value}\n"))}\n{names}\nUNSIGNED-PAYLOAD";
        var text = $"{Algorithm}\n{when}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}";
        var secret = Encoding.UTF8.GetBytes($"AWS4{options.SecretKey}");
        foreach (var word in scope.Split('/')) secret = Hash(secret, word);
        return new PresignedAddress(
            $"{origin}{path}?{asked}&X-Amz-Signature={Convert.ToHexStringLower(Hash(secret, text))}", at.AddSeconds(life), life);
    }

    private static byte[] Hash(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Escape(string text) => Uri.EscapeDataString(text);
}

/// <param name="Url">as it is signed: not to be escaped again</param>
/// <param name="ExpiresAt">it is good until then</param>
/// <param name="Life">seconds for which it was signed</param>
internal sealed record PresignedAddress(string Url, DateTimeOffset ExpiresAt, long Life);
