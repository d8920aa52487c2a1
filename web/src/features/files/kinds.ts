import type { FileInfo } from 'maru-client'

/** What a file is for the eye: voice messages are audio with a waveform, and of documents some can be looked at. */
export type Look = 'picture' | 'video' | 'voice' | 'audio' | 'pdf' | 'text' | 'archive' | 'sheet' | 'slides' | 'words' | 'other'

const text = /^(text\/|application\/(json|xml|javascript|x-sh|toml|yaml|sql)\b)/
const code = new Set(('bat c cc cfg clj conf cpp cs css csv cts diff env ex fs go h hpp hs htm html ini java js json jsx kt log lua md '
  + 'mjs mts patch php pl properties ps1 py r rb rs scala sh sql svelte svg swift tex toml ts tsv tsx txt vue xml yaml yml zig').split(' '))

export const ending = (name: string): string => /\.([^.]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? ''

export function lookOf({ kind, mediaType, name, waveform }: Pick<FileInfo, 'kind' | 'mediaType' | 'name' | 'waveform'>): Look {
  if (kind === 'image') return 'picture'
  if (kind === 'video') return 'video'
  if (kind === 'audio') return waveform ? 'voice' : 'audio'
  if (mediaType === 'application/pdf') return 'pdf'
  const end = ending(name)
  if (text.test(mediaType) || (mediaType === 'application/octet-stream' && code.has(end))) return 'text'
  if (/zip|rar|7z|gzip|bzip|x-xz|zstd|tar/.test(mediaType) && !/openxml|epub|hwp|opendocument/.test(mediaType)) return 'archive'
  if (/sheet|excel/.test(mediaType) || /^(xlsx?|ods|csv)$/.test(end)) return 'sheet'
  if (/presentation/.test(mediaType) || /^(pptx?|odp|key)$/.test(end)) return 'slides'
  if (/wordprocessing|opendocument.text|hwp|rtf|epub/.test(mediaType) || /^(docx?|odt|hwpx?|rtf)$/.test(end)) return 'words'
  return 'other'
}

/** What the viewer shows. */
export const isShown = (file: FileInfo): boolean => ['picture', 'video', 'pdf', 'text'].includes(lookOf(file))

/** The kind that the server will find, as far as the browser can tell by the name. */
export function kindOf(type: string): FileInfo['kind'] {
  if (/^image\/(?!svg|x-icon|vnd)/.test(type)) return 'image'
  if (type.startsWith('video/')) return 'video'
  return type.startsWith('audio/') ? 'audio' : 'document'
}
