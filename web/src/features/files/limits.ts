import { MaruProblem, take, type FileKind, type FileLimits } from 'maru-client'
import { shallowRef } from 'vue'
import { maru } from '@/client'

/** What the server takes. Undefined until it is read: then the server alone says what is too large. */
export const limits = shallowRef<FileLimits>()
export const mostFiles = (): number => limits.value?.perMessage ?? 10

let reading: Promise<void> | undefined
/** Reads them once; again after each new connection, since a server that was away may have others. */
export function loadLimits(): Promise<void> {
  return reading ??= take(maru.api.GET('/api/files/limits')).then(
    read => { limits.value = read },
    () => { reading = undefined })
}
maru.events.on('resumed', () => {
  if (!reading) return
  reading = undefined
  void loadLimits()
})

/** Why the server would refuse such a file, in its own words. What its type does not tell is left to the server. */
export function tooLarge(file: Blob): MaruProblem | undefined {
  if (!limits.value) return undefined
  const { bytes } = limits.value
  const kind = takenAs(file.type)
  const most = kind ? bytes[kind] : Math.max(...Object.values(bytes))
  if (file.size <= most) return undefined
  return new MaruProblem({ type: 'too-large', detail: `A file ${kind ? `of the kind ${kind} ` : ''}may have ${most} bytes.` })
}

/** The kind that the server finds in a file of that type; undefined: its content decides. */
export function takenAs(type: string): FileKind | undefined {
  if (/^image\/(jpeg|png|gif|webp)$/.test(type)) return 'image'
  if (/^video\/(mp4|webm|ogg|quicktime)$/.test(type)) return 'video'
  if (/^audio\/(mpeg|aac|flac|wav|x-wav|webm)(;|$)/.test(type)) return 'audio'   // of mp4 and ogg some are videos by their content
  return /^$|^(image|video|audio)\/(?!svg)|^application\/(octet-stream|ogg|mp4)$/.test(type) ? undefined : 'document'
}
