import { MaruProblem, type FileInfo } from 'maru-client'
import { computed, markRaw, reactive, shallowReactive } from 'vue'
import { maru } from '@/client'
import { preferences } from '@/features/shell/preferences'
import { kindOf } from './kinds'
import { loadLimits, mostFiles, tooLarge } from './limits'

/** A file that somebody chose, on its way to the server: it goes up at once, while they write. */
export interface Attachment {
  readonly id: number
  readonly name: string
  readonly kind: FileInfo['kind']
  size: number
  /** What it looks like, from memory. */
  preview: string | undefined
  width: number | undefined
  height: number | undefined
  readonly duration: number | undefined
  readonly waveform: readonly number[] | undefined
  state: 'waiting' | 'preparing' | 'uploading' | 'done' | 'failed'
  /** 0 to 1 */
  progress: number
  problem: unknown
  info: FileInfo | undefined
}

interface Work { file: File; end: AbortController }

const atOnce = 3
let last = 0
let running = 0
const works = new Map<number, Work>()
const queue: Attachment[] = []
const listeners = new Set<() => void>()

/** Called when a file is there, or failed. */
export function onSettled(listener: () => void): void { listeners.add(listener) }

/** By the place where they will be sent: `room`, or `room/thread`. They wait there when one looks at another room. */
const places = shallowReactive(new Map<string, Attachment[]>())
export const placeOf = (roomId: number, thread?: number): string => thread === undefined ? `${roomId}` : `${roomId}/${thread}`
export const attachmentsOf = (place: string): readonly Attachment[] => places.get(place) ?? none
const none: readonly Attachment[] = []
const set = (place: string, list: Attachment[]) => list.length > 0 ? places.set(place, list) : places.delete(place)

export function attach(place: string, files: readonly File[]): { left: number } {
  const room = mostFiles() - attachmentsOf(place).length
  const taken = files.slice(0, room).map(file => newAttachment(file))
  set(place, [...attachmentsOf(place), ...taken])
  for (const one of taken) enqueue(one)
  return { left: files.length - taken.length }
}

export function newAttachment(file: File, more: { duration?: number; waveform?: number[] } = {}): Attachment {
  const kind = kindOf(file.type)
  const one = reactive<Attachment>({
    id: ++last, name: file.name, kind, size: file.size, preview: undefined, width: undefined, height: undefined,
    duration: more.duration, waveform: more.waveform ? markRaw(more.waveform) : undefined,
    state: 'waiting', progress: 0, problem: undefined, info: undefined,
  })
  works.set(one.id, { file, end: new AbortController() })
  if (kind === 'image') look(one, file)
  return one
}

/** Its picture, and how large it is, before anything is sent. */
function look(one: Attachment, file: File) {
  one.preview = URL.createObjectURL(file)
  const image = new Image()
  image.onload = () => { [one.width, one.height] = [image.naturalWidth, image.naturalHeight] }
  image.src = one.preview
}

export function enqueue(one: Attachment): void {
  one.state = 'waiting'
  one.problem = undefined
  const work = works.get(one.id)
  if (work && !shrinks(one) && refuse(one, work.file)) return   // nobody waits behind other files for that
  queue.push(one)
  next()
}

const shrinks = (one: Attachment) => one.kind === 'image' && preferences.values.shrink

/** Says why the server would not take it, before it is sent. */
function refuse(one: Attachment, file: Blob): boolean {
  const problem = tooLarge(file)
  if (!problem) return false
  one.state = 'failed'
  one.problem = problem
  return true
}

function next(): void {
  while (running < atOnce) {
    const one = queue.shift()
    if (!one) return
    running++
    void upload(one).finally(() => {
      running--
      next()
      for (const listener of listeners) listener()
    })
  }
}

async function upload(one: Attachment): Promise<void> {
  const work = works.get(one.id)
  if (!work) return
  work.end = new AbortController()
  const { signal } = work.end
  try {
    let file: Blob = work.file
    if (shrinks(one)) {
      one.state = 'preparing'
      file = await import('./shrink').then(({ shrink }) => shrink(work.file)).catch(() => work.file)
      signal.throwIfAborted()
      one.size = file.size
    }
    await loadLimits()
    signal.throwIfAborted()
    if (refuse(one, file)) return
    one.state = 'uploading'
    one.info = await maru.files.upload(file, {
      name: file === work.file ? one.name : one.name.replace(/(\.[^.]{1,5})?$/, file.type === 'image/jpeg' ? '.jpg' : '.webp'),
      duration: one.duration, waveform: one.waveform, signal,
      onProgress: (sent, total) => { one.progress = total > 0 ? sent / total : 0 },
    })
    one.state = 'done'
    one.progress = 1
    works.delete(one.id)
    keepPreview(one.info.id, one.preview)
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof MaruProblem)) console.error(error)
    one.state = 'failed'
    one.problem = error
  }
}

/** Takes one back: it is uploaded no further, and what is there goes. */
export function detach(place: string, one: Attachment): void {
  set(place, attachmentsOf(place).filter(other => other !== one))
  forget(one)
}

export function forget(one: Attachment): void {
  works.get(one.id)?.end.abort()
  works.delete(one.id)
  const at = queue.indexOf(one)
  if (at >= 0) queue.splice(at, 1)
  if (one.info) void maru.files.remove(one.info.id).catch(() => undefined)   // else it would go a day later
  else if (one.preview) URL.revokeObjectURL(one.preview)
}

/** They are the message's now. */
export function takeAll(place: string): readonly Attachment[] {
  const all = attachmentsOf(place)
  places.delete(place)
  return all
}

/** Those are a scheduled message's now. */
export function release(place: string, taken: readonly Attachment[]): void {
  set(place, attachmentsOf(place).filter(one => !taken.includes(one)))
}

/** Whether something would be lost by closing the page. */
export const uploading = computed(() => [...places.values()].some(list => list.length > 0))

/** Own pictures show from memory until the server's are there. */
const previews = new Map<number, string>()
const mostPreviews = 40
export const previewOf = (fileId: number): string | undefined => previews.get(fileId)

function keepPreview(fileId: number, url: string | undefined) {
  if (!url) return
  previews.set(fileId, url)
  for (const [old, oldUrl] of previews) {
    if (previews.size <= mostPreviews) break
    previews.delete(old)
    URL.revokeObjectURL(oldUrl)
  }
}

maru.session.on('change', () => {
  if (maru.session.state === 'in') return
  for (const list of places.values()) for (const one of list) works.get(one.id)?.end.abort()
  places.clear()
  works.clear()
  queue.length = 0
})
