import type { Message } from './types.js'

/** A message, the entry of the log up to which it is known, and when its `unreadBy` was read from the server. */
export interface Entry {
  message: Message
  asOf: number
  readAt: number
}

/** A run of a room's messages, ascending. To append costs the same however many there are, to find one log n. */
export class MessageWindow {
  private entries: Entry[] = []
  private shown: readonly Message[] | undefined
  private readonly repliesTo = new Map<number, Set<number>>()

  /** The messages. Another array after each change, the same messages but for those that changed. */
  get items(): readonly Message[] {
    return (this.shown ??= this.entries.map((entry) => entry.message))
  }

  get length(): number {
    return this.entries.length
  }

  /** The seq of the first message; 0: there is none. */
  get first(): number {
    return this.entries[0]?.message.seq ?? 0
  }

  get last(): number {
    return this.entries[this.entries.length - 1]?.message.seq ?? 0
  }

  find(seq: number): Entry | undefined {
    const entry = this.entries[this.from(seq)]
    return entry?.message.seq === seq ? entry : undefined
  }

  /** Calls with each entry whose seq is in `first`…`last`, from the newest back, until one call returns false. */
  back(first: number, last: number, call: (entry: Entry) => boolean | void): void {
    for (let at = this.from(last + 1) - 1; at >= 0; at--) {
      const entry = this.entries[at] as Entry
      if (entry.message.seq < first || call(entry) === false) return
    }
  }

  /** The loaded messages that reply to this one. */
  replies(seq: number): Iterable<Entry> {
    return [...(this.repliesTo.get(seq) ?? [])].flatMap((reply) => this.find(reply) ?? [])
  }

  replace(entry: Entry, message: Message): void {
    entry.message = message
    this.shown = undefined
  }

  append(entry: Entry): void {
    this.entries.push(entry)
    this.note(entry.message)
  }

  prepend(entries: Entry[]): void {
    this.entries = entries.concat(this.entries)
    for (const entry of entries) this.note(entry.message)
    this.shown = undefined
  }

  dropFirst(count: number): void {
    this.forget(this.entries.splice(0, count))
  }

  dropLast(count: number): void {
    this.forget(this.entries.splice(Math.max(0, this.entries.length - count)))
  }

  clear(): void {
    this.entries = []
    this.repliesTo.clear()
    this.shown = undefined
  }

  /** The place of the first entry at the seq or behind it. Mostly that is near the end. */
  private from(seq: number): number {
    let [low, high] = [0, this.entries.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.entries[middle] as Entry).message.seq < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  private note(message: Message): void {
    this.shown = undefined
    if (message.replyTo === undefined) return
    const set = this.repliesTo.get(message.replyTo)
    if (set) set.add(message.seq)
    else this.repliesTo.set(message.replyTo, new Set([message.seq]))
  }

  private forget(gone: Entry[]): void {
    this.shown = undefined
    for (const { message } of gone) {
      if (message.replyTo === undefined) continue
      const set = this.repliesTo.get(message.replyTo)
      set?.delete(message.seq)
      if (set?.size === 0) this.repliesTo.delete(message.replyTo)
    }
  }
}
