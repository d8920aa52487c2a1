using System.Text.RegularExpressions;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Uploads in parts into a bucket.</summary>
public sealed partial class S3TusTests(S3Process s3) : TusContract, IClassFixture<S3Process>
{
    private S3Options _options = null!;

    private protected override async Task<string[]> SettingsAsync()
    {
        _options = await s3.MakeBucketAsync();
        return S3Process.SettingsOf(_options);
    }

    private protected override async Task<int> LeftAsync()
    {
        using var http = new HttpClient();
        var list = await http.GetStringAsync(new Uri($"{s3.Address}/{_options.Bucket}?list-type=2"), TestContext.Current.CancellationToken);
        return Part().Count(list);
    }

    [GeneratedRegex("<Key>uploads/")]
    private static partial Regex Part();
}
