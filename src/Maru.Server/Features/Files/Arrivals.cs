using System.Collections.Concurrent;
using Maru.Engine;
using Maru.Server.Files;
using Maru.Server.Platform.Limits;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>
/// Where uploads arrive: files of a folder of the local disk, each in one of a bounded number of turns, all together no faster than the
/// setting says. What it is, is decided when it is there. Any thread.
/// </summary>
internal sealed class Arrivals : IHostedService, IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Bytes after which what arrived is brought to the disk: the commits of messages do not wait behind a heap of it.</summary>
    private const int FlushBytes = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<long, int> _ofUsers = new();
    private readonly FilesOptions _options;
    private readonly Pace _pace;
    private readonly bool _isLimited;
    private readonly string _folder;
    private ScratchFolder? _scratch;
    private int _count;

    public Arrivals(FilesOptions options, RateLimitOptions rates, StorageOptions storage)
    {
        (_options, _isLimited) = (options, rates.Enabled);
        _folder = FolderOf(storage);
        _pace = new Pace(options.UploadBytesPerSecond, TimeProvider.System);    // what a disk bears passes by no test's clock
    }

    /// <summary>Returns the folder that processes on a disk have in common for what is on its way into the store.</summary>
    public static string FolderOf(StorageOptions storage) => Path.Combine(storage.Data, "files", "arriving");

    /// <summary>Makes the folder. Programs that only look at the store start nothing, and have none.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _scratch = ScratchFolder.Open(_folder);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Takes a turn for one upload of the user; null: there are as many as there may be. Dispose of it when the file is kept.
    /// </summary>
    public Arrival? Begin(UserId user)
    {
        if (Interlocked.Increment(ref _count) > _options.Uploads)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        var ofUser = _ofUsers.AddOrUpdate(user.Value, 1, (_, count) => count + 1);
        if (_isLimited && ofUser > _options.UploadsPerUser)
        {
            End(user);
            return null;
        }

        return new Arrival(this, user, Path.Combine(_scratch!.FullName, Path.GetRandomFileName()));
    }

    public void Dispose() => _scratch?.Dispose();

    private void End(UserId user)
    {
        Interlocked.Decrement(ref _count);
        var left = _ofUsers.AddOrUpdate(user.Value, 0, (_, count) => count - 1);
        if (left == 0) _ofUsers.TryRemove(new KeyValuePair<long, int>(user.Value, 0));
    }

    /// <summary>One upload, in a folder of its own that goes with it. One caller at a time.</summary>
    internal sealed class Arrival : IDisposable
    {
        private readonly Arrivals _owner;
        private readonly UserId _user;
        private byte[] _head = [];
        private bool _isOver;

        public Arrival(Arrivals owner, UserId user, string folder)
        {
            (_owner, _user, Folder) = (owner, user, folder);
            OwnFile.MakeFolder(folder);
        }

        /// <summary>For what is made of it.</summary>
        public string Folder { get; }

        public string Path => System.IO.Path.Combine(Folder, "arrived");

        /// <summary>Bytes that have arrived.</summary>
        public long Size { get; private set; }

        public FileType Type => FileType.Of(_head);

        /// <summary>Receives bytes behind those that are there already; false: there are more than may be.</summary>
        /// <param name="most">bytes that the whole may have</param>
        /// <exception cref="IOException">The disk is full, or fails.</exception>
        public async Task<bool> ReceiveAsync(Stream body, Func<FileType, long> most, CancellationToken ct)
        {
            await EventLoop.LeaveAsync();
            var buffer = new byte[ChunkBytes];
            await using var file = OwnFile.Open(Path, FileMode.Append);
            var unflushed = 0;
            while (true)
            {
                var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
                if (read == 0) break;
                await EventLoop.LeaveAsync();
                var head = Math.Min(read, FileType.HeadBytes - _head.Length);
                if (head > 0) _head = [.. _head, .. buffer.AsSpan(0, head)];
                if (Size + read > most(Type)) return false;
                await _owner._pace.PassAsync(read, ct);
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
                Size += read;
                unflushed += read;
                if (unflushed < FlushBytes) continue;
                file.Flush(flushToDisk: true);
                unflushed = 0;
            }

            return true;
        }

        public void Dispose()
        {
            if (_isOver) return;
            _isOver = true;
            try
            {
                Directory.Delete(Folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // the server has ended, and took all of its folders along
            }

            _owner.End(_user);
        }
    }
}
