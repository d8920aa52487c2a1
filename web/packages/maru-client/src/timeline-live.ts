import { answered, asMessage, deleted, edited, quoteOf, reacted, starred, voted } from './changes.js'
import { Quotes } from './quotes.js'
import { Readers, unreadOf } from './readers.js'
import { changedRoom } from './room-changes.js'
import type { TimelineSource } from './timeline-source.js'
import type { EventMessage, Message, Room, RoomEvent, UserEvent } from './types.js'
import { MessageWindow, type Entry } from './window.js'

/** What is loaded at most. Beyond it the far end goes, some at a time. */
const most = 10_000
const trimmed = 500

/** A window of messages, and what the entries of the room's log do to it. */
export class LiveWindow {
  readonly window = new MessageWindow()
  readonly readers = new Readers(this.window, () => this.room)
  private readonly quotes: Quotes
  private rootEntry: Entry | undefined
  private roomAsOf = 0
  /** All messages up to this entry of the log are in the window, unless newer ones are not loaded. */
  head = 0
  room: Room | null = null
  hasOlder = false
  hasNewer = false
  /** Messages that came while `hasNewer`. */
  unseen = 0
  /** The message that the person looks at; null: the newest. */
  anchor: number | null = null

  /** @param doubt is called when the counts of `unreadBy` are not sure any more */
  constructor(
    private readonly source: TimelineSource,
    private readonly root: number | null,
    private readonly doubt: () => void,
    changed: () => void,
  ) {
    this.quotes = new Quotes(
      (seq) => source.message(seq),
      (quote) => {
        for (const entry of this.window.replies(quote.seq)) this.window.replace(entry, { ...entry.message, quote })
        changed()
      },
    )
  }

  get rootMessage(): Message | null {
    return this.rootEntry?.message ?? null
  }

  begin(room: Room): void {
    this.room = room
    this.roomAsOf = room.lastSeq
  }

  setRoot(message: Message, asOf: number): void {
    this.rootEntry = { message, asOf, readAt: Date.now() }
  }

  entry(seq: number): Entry | undefined {
    return seq === this.root ? this.rootEntry : this.window.find(seq)
  }

  close(): void {
    this.quotes.close()
  }

  /** Drops what is too much, at the end that the person does not look at. */
  trim(newestFirst: boolean): void {
    const excess = this.window.length - most
    if (excess <= 0 || (!newestFirst && excess < trimmed)) return
    if (newestFirst) {
      this.window.dropLast(excess)
      this.hasNewer = true
    } else {
      this.window.dropFirst(excess)
      this.hasOlder = true
    }
  }

  /** Something that is the reader's own. Returns whether it changed what is shown. */
  own(event: UserEvent): boolean {
    if (event.type === 'room.role' && this.room) this.room = { ...this.room, role: event.role }
    else if (event.type === 'room.settings' && this.room) this.room = { ...this.room, settings: event.settings }
    else if (event.type === 'message.starred') this.update(event.seq, (old) => starred(old, event.starred))
    else return false
    return true
  }

  changeRoom(event: RoomEvent): void {
    if (!this.room || event.seq <= this.roomAsOf) return
    const room = changedRoom(this.room, event)
    if (room !== this.room) [this.room, this.roomAsOf] = [room, event.seq]
    if (event.type === 'member.left') this.doubt()
  }

  /** What the entry does to messages that are loaded. */
  change(event: RoomEvent): void {
    const me = this.source.me()
    switch (event.type) {
      case 'message.created':
        return this.count(event.message, event.seq, 1)
      case 'message.edited':
      case 'message.preview':
        return this.apply(event.message.seq, event.seq, (old) => edited(old, event.message), true)
      case 'message.deleted':
        this.count(event.message, event.seq, -1)
        return this.apply(event.message.seq, event.seq, (old) => deleted(old, event.message), true)
      case 'reaction.changed':
        return this.apply(event.target, event.seq, (old) => reacted(old, event, me))
      case 'poll.changed':
        return this.apply(event.target, event.seq, (old) => voted(old, event, me))
      case 'unknown':
        if (event.target !== undefined) this.doubt()
    }
  }

  private count(reply: EventMessage, seq: number, by: number): void {
    if (reply.replyTo !== undefined) this.apply(reply.replyTo, seq, (old) => answered(old, by))
  }

  private apply(target: number, seq: number, change: (old: Message) => Message, quoted = false): void {
    const entry = this.entry(target)
    if (entry && seq > entry.asOf) {
      this.window.replace(entry, change(entry.message))
      entry.asOf = seq
    }
    if (!quoted) return
    for (const reply of this.window.replies(target)) {
      const quote = entry ? quoteOf(entry.message) : undefined
      if (quote) this.window.replace(reply, { ...reply.message, quote })
      else this.quotes.want(target)
    }
  }

  private update(seq: number, change: (old: Message) => Message): void {
    const entry = this.entry(seq)
    if (entry) this.window.replace(entry, change(entry.message))
  }

  /** What the entry adds to the window. */
  add(event: RoomEvent): void {
    if (!('message' in event) || !event.message || event.message.seq !== event.seq) return
    if (this.root !== null && event.message.replyTo !== this.root) return
    if (this.hasNewer) {
      if (event.message.kind !== 'system') this.unseen++
      return
    }
    if (event.seq <= this.head) return
    this.head = event.seq
    const message = unreadOf(asMessage(event.message), this.room)
    this.window.append({ message, asOf: event.seq, readAt: Date.now() })
    this.quote(message)
    // Somebody who reads far back keeps what they read; what comes is counted then.
    const far = this.anchor !== null && this.anchor - this.window.first < this.window.last - this.anchor
    this.trim(far && this.window.length > most)
  }

  private quote(message: Message): void {
    if (message.replyTo === undefined || message.quote || this.root !== null) return
    const answers = this.entry(message.replyTo)
    if (answers) this.update(message.seq, (old) => ({ ...old, quote: quoteOf(answers.message) }))
    else this.quotes.want(message.replyTo)
  }
}
