import type { Message, Pending } from 'maru-client'

/** What the list shows in one place: a message or one that waits to be sent, with what stands above it. */
export interface Row {
  /** The same for a message while it waits and when it is in the room. */
  key: string
  seq: number
  message?: Message
  pending?: Pending
  /** What stands above the first message of all. */
  start?: true
  /** of a group: messages of one person within a minute */
  first: boolean
  last: boolean
  /** The message above it, of the same group, answers the same one: the quote is not said again. */
  quoted?: true
  /** A day begins: its time. */
  day?: string
  /** What the person has not read begins here. */
  unread: boolean
}

/** What a row was made of: it is made anew only when one of these is another. */
interface Origin { before: Message | undefined; after: Message | undefined; unread: boolean; cut: boolean }
const origins = new WeakMap<Row, Origin>()

const minuteOf = (message: Message) => Math.floor(Date.parse(message.at) / 60_000)
const dayOf = (at: string | number) => {
  const date = new Date(at)
  return date.getFullYear() * 400 + date.getMonth() * 32 + date.getDate()
}

function together(a: Message | undefined, b: Message | undefined): boolean {
  if (!a || !b || a.sender.id !== b.sender.id || a.kind === 'system' || b.kind === 'system') return false
  return minuteOf(a) === minuteOf(b) && dayOf(a.at) === dayOf(b.at)
}

/** What waits stands where it will stand when it is in the room. */
function follows(row: Row | undefined, pending: Pending, me: number): boolean {
  if (row?.pending) return Math.floor(row.pending.at / 60_000) === Math.floor(pending.at / 60_000)
  const message = row?.message
  return message?.sender.id === me && message.kind !== 'system' && minuteOf(message) === Math.floor(pending.at / 60_000)
}

export function keyOf(message: Message, me: number): string {
  return message.clientKey !== undefined && message.sender.id === me ? `k${message.clientKey}` : `m${message.seq}`
}

function rowOf(message: Message, origin: Origin, me: number): Row {
  const { before, after, unread, cut } = origin
  const row: Row = {
    key: keyOf(message, me), seq: message.seq, message, unread,
    first: unread || !together(before, message), last: cut || !together(message, after),
  }
  if (!before || dayOf(before.at) !== dayOf(message.at)) {
    row.day = message.at
    row.first = true
  }
  if (!row.first && message.replyTo && message.replyTo === before?.replyTo && !before.deletedAt) row.quoted = true
  origins.set(row, origin)
  return row
}

/** The place of the first row at the seq or behind it. */
export function placeOf(rows: readonly Row[], seq: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle] as Row
    if (row.seq < seq) low = middle + 1
    else high = middle
  }
  return low
}

const start: Row = { key: 'start', seq: 0, start: true, first: true, last: true, unread: false }

/** The rows of these messages. Those of the last time are taken again where nothing about them changed, so that nothing of them renders. */
export function rowsOf(
  items: readonly Message[], pending: readonly Pending[], last: readonly Row[],
  options: { me: number; unreadFrom: number | null; start?: boolean },
): Row[] {
  const { me, unreadFrom } = options
  const rows: Row[] = options.start ? [start] : []
  const from = items[0] ? placeOf(last, items[0].seq) : 0
  const skipped = last[from]?.message && items[0] ? lower(items, last[from].seq) : 0
  const line = unreadFrom === null ? -1 : lower(items, unreadFrom)
  for (let at = 0; at < items.length; at++) {
    const message = items[at] as Message
    const before = items[at - 1]
    const after = items[at + 1]
    const unread = at === line
    const cut = at + 1 === line
    const old = last[from + at - skipped]
    const origin = old && origins.get(old)
    const row = origin && old.message === message && origin.before === before && origin.after === after
      && origin.unread === unread && origin.cut === cut
      ? old
      : rowOf(message, { before, after, unread, cut }, me)
    rows.push(row)
  }
  if (pending.length === 0) return rows
  const arrived = new Set(items.slice(-200).map(message => keyOf(message, me)))
  for (const one of pending) {
    const key = `k${one.key}`
    if (arrived.has(key)) continue
    rows.push({ key, seq: Infinity, pending: one, first: !follows(rows.at(-1), one, me), last: true, unread: false })
  }
  return rows
}

function lower(items: readonly Message[], seq: number): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((items[middle] as Message).seq < seq) low = middle + 1
    else high = middle
  }
  return low
}

/** The seq of the first message from one place to another; 0: there is none. */
export function messageAt(rows: readonly Row[], from: number, to: number, step: 1 | -1): number {
  for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
    const row = rows[at]
    if (row?.message) return row.seq
  }
  return 0
}

/** How the rows changed at their start: so many came before the first one, or went; null: they are others altogether. */
export function shiftOf(old: readonly Row[], now: readonly Row[]): number | null {
  if (old.length === 0 || now.length === 0) return null
  const [first, start] = [old[0] as Row, now[0] as Row]
  if (first.key === start.key) return 0
  if (first.pending || start.pending) return null
  if (start.seq < first.seq) {
    const at = placeOf(now, first.seq)
    return now[at]?.key === first.key ? at : null
  }
  const at = placeOf(old, start.seq)
  return old[at]?.key === start.key ? -at : null
}
