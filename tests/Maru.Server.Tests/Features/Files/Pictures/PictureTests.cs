using System.Buffers.Binary;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Pictures;
using Microsoft.Extensions.Logging.Abstractions;
using NetVips;

namespace Maru.Server.Tests.Features.Files.Pictures;

/// <summary>Pictures as they are made of what people upload, in a process of their own.</summary>
public sealed class PictureTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly PictureMaker _maker = new(new PictureOptions(), TimeProvider.System, NullLogger<PictureMaker>.Instance);

    [Fact]
    public async Task A_photo_comes_out_upright_without_its_place_and_in_three_sizes()
    {
        var picture = await MakeAsync(Photo(2000, 1000));
        (picture!.Width, picture.Height, picture.MediaType).ShouldBe((1000, 2000, "image/jpeg"));
        using var original = Image.NewFromFile(picture.Original);
        (original.Width, original.Height).ShouldBe((1000, 2000));
        original.GetFields().ShouldNotContain(field => field.Contains("exif", StringComparison.Ordinal));
        original.GetFields().ShouldNotContain(field => field.Contains("icc", StringComparison.Ordinal));
        (await File.ReadAllBytesAsync(picture.Original, Ct)).AsSpan().IndexOf("Exif"u8).ShouldBe(-1);
        // What was left is at the top.
        var (top, bottom) = (original.Getpoint(500, 100), original.Getpoint(500, 1900));
        top[0].ShouldBeGreaterThan(200);
        bottom[0].ShouldBeLessThan(60);
        foreach (var (path, width, height) in ((string, int, int)[])[(picture.Small, 240, 480), (picture.Large, 800, 1600)])
        {
            using var smaller = Image.Webpload(path);
            (smaller.Width, smaller.Height).ShouldBe((width, height));
        }

        picture.Placeholder.ShouldStartWith("data:image/webp;base64,");
        picture.Placeholder.Length.ShouldBeLessThanOrEqualTo(400);
        using var tiny = Image.WebploadBuffer(Convert.FromBase64String(picture.Placeholder[23..]));
        (tiny.Width, tiny.Height).ShouldBe((8, 16));
    }

    [Fact]
    public async Task A_small_picture_is_not_made_larger()
    {
        using var image = Image.Black(20, 10, bands: 3);
        var picture = await MakeAsync(image.PngsaveBuffer());
        (picture!.Width, picture.Height, picture.MediaType).ShouldBe((20, 10, "image/png"));
        using var large = Image.Webpload(picture.Large);
        (large.Width, large.Height).ShouldBe((20, 10));
    }

    [Fact]
    public async Task Animations_stay_animated()
    {
        foreach (var format in (string[])["gif", "webp"])
        {
            var picture = await MakeAsync(Animation(format));
            (picture!.Width, picture.Height, picture.MediaType).ShouldBe((40, 30, $"image/{format}"));
            using var original = format == "gif" ? Image.Gifload(picture.Original, n: -1) : Image.Webpload(picture.Original, n: -1);
            (original.Get("n-pages"), original.PageHeight).ShouldBe((3, 30));
            ((int[])original.Get("delay")).ShouldBe([100, 200, 300]);
            using var small = Image.Webpload(picture.Small, n: -1);
            (small.Width, small.Height).ShouldBe((40, 30));
        }
    }

    [Fact]
    public async Task What_hides_behind_a_picture_is_gone()
    {
        var html = "<script>alert(1)</script>"u8.ToArray();
        foreach (var bytes in (byte[][])[Photo(60, 40), Animation("gif"), Animation("webp"), Png()])
        {
            var picture = await MakeAsync([.. bytes, .. html]);
            if (picture is null) continue;
            foreach (var path in (string[])[picture.Original, picture.Small, picture.Large])
                (await File.ReadAllBytesAsync(path, Ct)).AsSpan().IndexOf(html).ShouldBe(-1);
        }

        // A text chunk behind the header, whose end is at byte 33.
        byte[] chunk = [.. "tEXtComment\0"u8, .. html];
        var commented = Png();
        commented = [.. commented[..33], .. BigEndian((uint)chunk.Length - 4), .. chunk, .. BigEndian(Crc(chunk)), .. commented[33..]];
        (await File.ReadAllBytesAsync((await MakeAsync(commented))!.Original, Ct)).AsSpan().IndexOf(html).ShouldBe(-1);
    }

    [Fact]
    public async Task What_is_no_picture_that_we_show_is_none()
    {
        string[] texts =
        [
            "", "GIF89a", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "%PDF-1.7", "<html></html>",
            "push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://example.org/image.jpg\")'\npop graphic-context", "P6 9 9 255 ",
        ];
        foreach (var text in texts) (await MakeAsync(Encoding.UTF8.GetBytes(text))).ShouldBeNull(text);
        (await MakeAsync(Png())).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_picture_of_too_many_pixels_is_refused_by_its_header()
    {
        var png = Png();
        // Width and height of the header chunk, whose checksum is made anew.
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 50_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 50_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        (await MakeAsync(png)).ShouldBeNull();
        using var wide = Image.Black(10_000, 10_000);
        (await MakeAsync(wide.PngsaveBuffer(compression: 9))).ShouldBeNull();
    }

    [Fact]
    public async Task A_process_that_is_killed_or_too_slow_costs_one_picture_and_the_next_gets_another()
    {
        using var slow = new PictureMaker(
            new PictureOptions { Timeout = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, NullLogger<PictureMaker>.Instance);
        (await MakeAsync(Png(), slow)).ShouldBeNull();
        using var small = new PictureMaker(
            new PictureOptions { MemoryBytes = 20_000_000 }, TimeProvider.System, NullLogger<PictureMaker>.Instance);
        (await MakeAsync(Png(), small)).ShouldBeNull("it cannot even start");
        (await Task.WhenAll(MakeAsync(Png()), MakeAsync(Png()), MakeAsync(Png()))).ShouldAllBe(picture => picture != null);
    }

    [Fact]
    public async Task Broken_pictures_by_the_hundred_leave_the_maker_whole()
    {
        var random = new Random(20261129);
        byte[][] good = [Photo(300, 200), Png(), Animation("gif"), Animation("webp")];
        var count = int.TryParse(Environment.GetEnvironmentVariable("MARU_TEST_PICTURES"), out var asked) ? asked : 400;
        for (var i = 0; i < count; i++)
        {
            var bytes = (byte[])good[i % good.Length].Clone();
            for (var changes = random.Next(1, 12); changes > 0; changes--) bytes[random.Next(12, bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(20, bytes.Length)];
            await MakeAsync(bytes);
        }

        foreach (var bytes in good) (await MakeAsync(bytes)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Uploaded_pictures_are_served_in_three_sizes_and_what_only_looks_like_one_is_refused()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(Photo(2000, 1000), "photo.png");
        (file.Kind, file.MediaType, file.Width, file.Height, file.Name).ShouldBe(("image", "image/jpeg", 1000, 2000, "photo.png"));
        foreach (var (variant, type) in ((string, string)[])[("", "image/jpeg"), ("/small", "image/webp"), ("/large", "image/webp")])
        {
            using var response = await ann.Http.GetAsync(file.Url + variant, Ct);
            response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
        }

        byte[] lie = [.. "GIF89a"u8, .. "<script>alert(1)</script>"u8];
        await ann.TryUploadAsync(lie, "x.gif").ShouldRefuse(FileProblems.UnsupportedFile);
        var page = await ann.UploadAsync("<html><script>alert(1)</script></html>"u8.ToArray(), "x.jpg");
        (page.Kind, page.MediaType).ShouldBe(("document", "text/plain"));
        await ann.Http.SendAsync($"GET {page.Url}/small").ShouldRefuse(Problem.NotFound);
        server.Contents().Where(path => path.Contains("arriving", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        _maker.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<Picture?> MakeAsync(byte[] bytes, PictureMaker? maker = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, Path.GetRandomFileName())).FullName;
        var source = Path.Combine(folder, "source");
        await File.WriteAllBytesAsync(source, bytes, Ct);
        return await (maker ?? _maker).MakeAsync(source, folder, Ct);
    }

    /// <summary>White on the left and black on the right as stored, to be turned by a quarter, with a place.</summary>
    private static byte[] Photo(int width, int height)
    {
        using var white = Image.Black(width / 2, height, bands: 3).Linear([1, 1, 1], [255, 255, 255]).Cast(Enums.BandFormat.Uchar);
        using var black = Image.Black(width / 2, height, bands: 3);
        using var both = white.Join(black, Enums.Direction.Horizontal).Mutate(x =>
        {
            x.Set(GValue.GIntType, "orientation", 6);
            x.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "37/1 33/1 0/1 (37, 33, 0, Rational, 3 components, 24 bytes)");
        });
        return both.JpegsaveBuffer(q: 80);
    }

    private static byte[] Png()
    {
        using var image = Image.Gaussnoise(64, 48, sigma: 40, mean: 128).Cast(Enums.BandFormat.Uchar);
        return image.PngsaveBuffer();
    }

    private static byte[] Animation(string format)
    {
        using var frames = Image.Gaussnoise(40, 90, sigma: 40, mean: 128).Cast(Enums.BandFormat.Uchar).Mutate(x =>
        {
            x.Set(GValue.GIntType, "page-height", 30);
            x.Set(GValue.ArrayIntType, "delay", (int[])[100, 200, 300]);
        });
        return format == "gif" ? frames.GifsaveBuffer() : frames.WebpsaveBuffer();
    }

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFF_FFFF;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var i = 0; i < 8; i++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB8_8320;
        }

        return ~crc;
    }
}
