import type { Connection } from './connection.js'
import { Emitter, guard } from './emitter.js'
import type { Link } from './link.js'
import { MaruProblem } from './problem.js'
import type { FeedEvent, RoomEvent, TypingEvent } from './types.js'

/** Further behind than this, a room is read anew instead of replayed. */
const farthest = 500
/** After a shorter absence nobody asks how far rooms are. */
const blink = 20_000

type Handler = (event: FeedEvent) => void

/** A reader of a room's log. Several of one room share a subscription. */
export interface Feed {
  readonly roomId: number
  /** All up to here was passed on. */
  readonly seq: number
  close(): void
}

/** How far rooms are. `all` may leave out some. */
export interface Heads {
  all(): Promise<ReadonlyMap<number, number>>
  of(roomId: number): Promise<number>
}

interface Reader { seq: number | undefined; live: boolean; handler: Handler }

interface RoomFeed {
  roomId: number
  seq: number | undefined    // of the subscription: readers may be ahead of it, never behind
  told: number               // the highest that `entry` told
  readers: Set<Reader>
  link: Link | null
  live: boolean
  replayed: number           // entries of this subscription that may be of the past; -1: its end is behind
}

/**
 * The logs of rooms, entry by entry in the order of seq, over all connections. After a loss each room goes on behind what it has; a room
 * that is too far behind gets `reset` and goes on from its end.
 */
export class Feeds extends Emitter<{
  entry: RoomEvent
  typing: TypingEvent
  /** Entries up to here do not come any more, for they were left out, or nobody reads the room now. */
  passed: { roomId: number; seq: number }
}> {
  readonly #rooms = new Map<number, RoomFeed>()
  #downSince = 0

  constructor(private readonly connection: Connection, private readonly heads: Heads) {
    super()
    connection.on('down', () => { this.#downSince = Date.now() })
    connection.on('up', link => void this.#resume(link))
  }

  /**
   * Opens a room's log behind `after`; without it, from now on (or, where the room is open already, from where that is).
   * `live` tells when the subscription stands: then what is missing follows, entry by entry, and all that happens.
   */
  open(roomId: number, options: { after?: number | undefined }, handler: Handler): Feed {
    const reader: Reader = { seq: options.after, live: false, handler }
    let room = this.#rooms.get(roomId)
    if (room) this.#join(room, reader)
    else {
      room = { roomId, seq: options.after, told: -1, readers: new Set([reader]), link: null, live: false, replayed: 0 }
      this.#rooms.set(roomId, room)
      if (this.connection.link) void this.#subscribe(room, this.connection.link)
    }
    const shared = room
    return {
      roomId,
      get seq() { return reader.seq ?? shared.seq ?? 0 },
      close: () => {
        if (shared.readers.delete(reader) && shared.readers.size === 0) this.#forget(shared)
      },
    }
  }

  has(roomId: number): boolean { return this.#rooms.has(roomId) }

  /** All up to here was passed on to the readers of the room; -1 where it has none. */
  seq(roomId: number): number {
    const room = this.#rooms.get(roomId)
    return Math.max(room?.told ?? -1, room?.seq ?? -1)
  }

  /** The room is gone for this user. */
  drop(roomId: number, problem: string): void {
    const room = this.#rooms.get(roomId)
    if (!room) return
    this.#forget(room)
    this.#tell(room, { type: 'closed', roomId, problem })
    room.readers.clear()
  }

  /** Somebody reads a room that others read: what they have, but not this one, is told again. */
  #join(room: RoomFeed, reader: Reader): void {
    const { roomId, seq } = room
    room.readers.add(reader)
    if (reader.seq === undefined) reader.seq = seq
    else if (seq === undefined || reader.seq < seq) {
      if (seq !== undefined && seq - reader.seq > farthest) {
        reader.seq = seq
        queueMicrotask(() => this.#tell(room, { type: 'reset', roomId, seq }, reader))
      } else {
        room.seq = reader.seq
        if (room.link) return this.#again(room)
      }
    }
    if (room.live) queueMicrotask(() => this.#stands(room, reader))
  }

  #forget(room: RoomFeed): void {
    if (this.#rooms.get(room.roomId) !== room) return
    this.#rooms.delete(room.roomId)
    room.link?.unsubscribe(nameOf(room))
    room.link = null
    this.emit('passed', { roomId: room.roomId, seq: Infinity })
  }

  async #resume(link: Link): Promise<void> {
    for (const room of this.#rooms.values()) {
      room.live = false
      for (const reader of room.readers) reader.live = false
    }
    const known = [...this.#rooms.values()].some(room => room.seq !== undefined)
    if (known && this.#downSince > 0 && Date.now() - this.#downSince > blink) {
      const heads = await this.heads.all().catch(() => new Map<number, number>())
      for (const room of this.#rooms.values()) {
        const head = heads.get(room.roomId)
        if (head !== undefined && room.seq !== undefined && head - room.seq > farthest) this.#reset(room, head)
      }
    }
    this.#downSince = 0
    if (this.connection.link !== link) return
    for (const room of this.#rooms.values()) void this.#subscribe(room, link)
  }

  /** Goes on behind room.seq, with a new subscription of the same name. */
  #again(room: RoomFeed): void {
    const { link } = this.connection
    room.link?.unsubscribe(nameOf(room))
    room.link = null
    room.live = false
    if (link) void this.#subscribe(room, link)
  }

  async #subscribe(room: RoomFeed, link: Link): Promise<void> {
    if (room.link === link) return
    // A replaced connection still stands: what it tells from now on, the new one tells as well.
    room.link?.unsubscribe(nameOf(room))
    room.link = link
    room.replayed = 0
    let begun = false
    const handler = (body: string) => {
      if (room.link !== link || this.#rooms.get(room.roomId) !== room) return
      begun = this.#receive(room, JSON.parse(body) as FeedEvent, begun) || begun
    }
    const headers: Record<string, string> = room.seq === undefined ? {} : { after: String(room.seq) }
    try {
      await link.subscribe(nameOf(room), `/topic/rooms/${room.roomId}`, headers, handler)
      if (room.link !== link || this.#rooms.get(room.roomId) !== room) return
      room.live = true
      for (const reader of [...room.readers]) this.#stands(room, reader)
    } catch (error) {
      if (room.link !== link || !(error instanceof MaruProblem) || error.type === 'offline') return
      if (error.transient) setTimeout(() => { if (room.link === link) this.#again(room) }, (error.retryAfter ?? 1) * 1000)
      else this.drop(room.roomId, error.type)
    }
  }

  /** @returns whether it was an entry of the log */
  #receive(room: RoomFeed, event: FeedEvent, begun: boolean): boolean {
    if (event.type === 'typing') this.emit('typing', event)
    if (event.type === 'typing' || event.type === 'read') {
      this.#tell(room, event)
      return false
    }
    const { seq } = event as RoomEvent
    const { seq: before } = room
    if (before !== undefined && seq <= before) return true
    // Where the room hides its past, the first one may be farther ahead. After it none is left out.
    if (begun && before !== undefined && seq !== before + 1) {
      this.#again(room)
      return true
    }
    room.seq = seq
    this.#tell(room, event)
    if (seq > room.told) {
      room.told = seq
      this.emit('entry', event as RoomEvent)   // behind the readers: what they show takes the place of what waited
    }
    if (room.replayed >= 0 && ++room.replayed === farthest) void this.#measure(room)
    return true
  }

  /** So many entries came: is this a busy room, or are we still in its past? */
  async #measure(room: RoomFeed): Promise<void> {
    const { link } = room
    const head = await this.heads.of(room.roomId).catch(() => undefined)
    if (head === undefined || room.link !== link || this.#rooms.get(room.roomId) !== room) return
    room.replayed = -1
    if (room.seq === undefined || head - room.seq <= farthest) return
    this.#reset(room, head)
    this.#again(room)
  }

  /** Leaves out what is before the head. */
  #reset(room: RoomFeed, head: number): void {
    room.seq = room.told = head
    for (const reader of room.readers) reader.seq = Math.max(reader.seq ?? 0, head)
    this.#tell(room, { type: 'reset', roomId: room.roomId, seq: head })
    this.emit('passed', { roomId: room.roomId, seq: head })
  }

  #stands(room: RoomFeed, reader: Reader): void {
    if (reader.live || !room.live || !room.readers.has(reader)) return
    reader.live = true
    guard(() => reader.handler({ type: 'live', roomId: room.roomId, seq: reader.seq ?? room.seq ?? 0 }))
  }

  #tell(room: RoomFeed, event: FeedEvent, only?: Reader): void {
    const seq = isEntry(event) ? event.seq : undefined
    for (const reader of only ? [only] : [...room.readers]) {
      if (!room.readers.has(reader)) continue
      if (seq !== undefined) {
        if (reader.seq !== undefined && seq <= reader.seq) continue
        reader.seq = seq
      }
      guard(() => reader.handler(event))
    }
  }
}

const notEntries = new Set<FeedEvent['type']>(['typing', 'read', 'live', 'reset', 'closed'])

function isEntry(event: FeedEvent): event is RoomEvent { return !notEntries.has(event.type) }

/** The same for all clients: the server encodes a message once per name. */
const nameOf = (room: RoomFeed) => `r${room.roomId}`
