import { pageOf, readAll, take, type Draft } from 'maru-client'
import { shallowReactive } from 'vue'
import { maru } from '@/client'
import type { DraftText } from './draftBox'

/** What the server has of each room, live. Reactive: a list of rooms may show that something is begun. */
export const drafts = shallowReactive(new Map<number, DraftText>())
const listeners = new Set<(roomId: number, draft: DraftText) => void>()
const most = 1000

let reading: Promise<void> | undefined
/** Reads them once; again after each new connection, since drafts have no snapshot. */
export function loadDrafts(): Promise<void> {
  return reading ??= read().catch(() => { reading = undefined })
}

async function read() {
  const found = await readAll<Draft>(after => take(maru.api.GET('/api/me/drafts', { params: { query: pageOf(after) } })), most)
  const seen = new Set(found.map(draft => draft.roomId))
  for (const roomId of [...drafts.keys()]) if (!seen.has(roomId)) tell(roomId, { text: '' })
  for (const draft of found) tell(draft.roomId, textOf(draft))
}

export function onDraft(handler: (roomId: number, draft: DraftText) => void): () => void {
  listeners.add(handler)
  return () => listeners.delete(handler)
}

export async function putDraft(roomId: number, draft: DraftText, last: boolean): Promise<void> {
  const params = { path: { roomId } }
  await take(draft.text === ''
    ? maru.api.DELETE('/api/me/drafts/{roomId}', { params, keepalive: last })
    : maru.api.PUT('/api/me/drafts/{roomId}', { params, body: draft, keepalive: last }))
}

function tell(roomId: number, draft: DraftText) {
  if (draft.text === '') drafts.delete(roomId)
  else drafts.set(roomId, draft)
  for (const listener of listeners) listener(roomId, draft)
}

const textOf = ({ text, replyTo }: { text: string; replyTo?: number }): DraftText => replyTo === undefined ? { text } : { text, replyTo }

maru.events.on('draft.changed', event => tell(event.roomId, textOf(event)))
maru.events.on('resumed', () => {
  if (!reading) return
  reading = undefined
  void loadDrafts()
})
maru.session.on('change', () => {
  if (maru.session.state === 'in') return
  drafts.clear()
  reading = undefined
})

const key = (roomId: number, thread?: number) =>
  ['maru.draft', maru.session.user?.id ?? 0, roomId, ...(thread === undefined ? [] : [thread])].join('.')

/** What this browser has of a room, or of a thread: those have no draft at the server. */
export function localDraft(roomId: number, thread?: number): DraftText | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key(roomId, thread)) ?? 'null')
    if (typeof value !== 'object' || value === null || typeof (value as DraftText).text !== 'string') return undefined
    const { text, replyTo } = value as DraftText
    return textOf(typeof replyTo === 'number' ? { text, replyTo } : { text })
  } catch {
    return undefined
  }
}

export function keepLocal(draft: DraftText | null, roomId: number, thread?: number): void {
  try {
    if (draft) localStorage.setItem(key(roomId, thread), JSON.stringify(draft))
    else localStorage.removeItem(key(roomId, thread))
  } catch {
    // forbidden or full: the server keeps it
  }
}
