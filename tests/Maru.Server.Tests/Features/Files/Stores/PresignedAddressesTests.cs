using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Tests.Features.Files.Stores;

/// <summary>Addresses that the S3 store honours without a key.</summary>
public sealed class PresignedAddressesTests
{
    private readonly ManualTime _time = new();

    /// <summary>The example of Amazon's own documents ("Authenticating requests: using query parameters").</summary>
    [Fact]
    public void The_documented_example_is_signed_as_documented()
    {
        var options = new S3Options
        {
            Endpoint = "https://s3.amazonaws.com",
            Bucket = "examplebucket",
            PathStyle = false,
            AccessKey = "AKIAIOSFODNN7EXAMPLE",
            SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        };
        new PresignedAddresses(options, _time)
            .Sign("GET", "test.txt", new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero), 86400, [], []).Url.ShouldBe(
                "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
                + "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    [Fact]
    public void Within_half_of_its_life_an_address_is_the_same_and_half_of_it_is_always_left()
    {
        var addresses = new PresignedAddresses(Options(), _time);
        _time.Advance(TimeSpan.FromSeconds(11));
        var urls = new List<string>();
        for (var second = 0; second < 600; second++, _time.Advance(TimeSpan.FromSeconds(1)))
        {
            var address = addresses.Read("GET", "files/1/original", "image/png", "inline").ShouldNotBeNull();
            (address.ExpiresAt - _time.GetUtcNow()).ShouldBeInRange(TimeSpan.FromSeconds(150), TimeSpan.FromSeconds(300));
            urls.Add(address.Url);
        }

        urls.Distinct().Count().ShouldBe(5, "10 minutes, begun amid one of 2.5");
        addresses.Read("HEAD", "files/1/original", "image/png", "inline")!.Url.ShouldNotBe(urls[^1], "it is for one method");
    }

    [Fact]
    public void Where_the_setting_is_off_there_are_none()
    {
        var options = Options();
        options.Presigned = false;
        new PresignedAddresses(options, _time).Read("GET", "files/1/original", "image/png", "inline").ShouldBeNull();
    }

    [Theory]
    [InlineData("", "", true, "https://s3.eu-central-1.amazonaws.com")]
    [InlineData("", "", false, "https://bucket.s3.eu-central-1.amazonaws.com")]
    [InlineData("http://10.0.0.5:9000/", "", true, "http://10.0.0.5:9000")]
    [InlineData("http://10.0.0.5:9000", "https://Files.example.org:443/", true, "https://files.example.org")]
    [InlineData("http://10.0.0.5:9000", "https://files.example.org", false, "https://bucket.files.example.org")]
    public void Browsers_are_led_to_the_public_address(string endpoint, string publicEndpoint, bool pathStyle, string origin)
    {
        var options = new S3Options
        {
            Endpoint = endpoint,
            PublicEndpoint = publicEndpoint,
            PathStyle = pathStyle,
            Region = "eu-central-1",
            Bucket = "bucket",
        };
        options.BrowserOrigin.ShouldBe(origin);
    }

    private static S3Options Options() => new()
    {
        Endpoint = "https://s3.example.org",
        Bucket = "bucket",
        AccessKey = "key",
        SecretKey = "secret",
        Presigned = true,
    };
}
