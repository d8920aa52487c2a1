namespace Maru.Server.Files;

/// <summary>What kind of file it is, by its content.</summary>
internal enum FileKind
{
    Image = 1,
    Video = 2,
    Audio = 3,
    Document = 4,
}
