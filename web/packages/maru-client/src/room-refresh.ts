import type { RoomOrder } from './room-order.js'
import type { RoomSource } from './room-source.js'
import type { MyRoom } from './types.js'

/** Rooms that are read at a time. */
const atOnce = 4

type Counts = { unread: number; mentions: number }

/** Reads a room and its newest message again: it moved up, is new, or its log went on without us. */
export class RoomRefresh {
  private readonly busy = new Set<number>()
  private readonly waiting = new Set<number>()
  /** Of rooms that the list does not have yet. */
  private readonly counts = new Map<number, Counts>()

  constructor(
    private readonly source: RoomSource,
    private readonly order: RoomOrder,
    private readonly changed: () => void,
  ) {}

  want(roomId: number, counts?: Counts): void {
    if (counts) this.counts.set(roomId, counts)
    this.waiting.add(roomId)
    this.next()
  }

  clear(): void {
    this.waiting.clear()
    this.counts.clear()
    this.busy.clear()
  }

  private next(): void {
    for (const roomId of this.waiting) {
      if (this.busy.size >= atOnce) return
      if (this.busy.has(roomId)) continue
      this.waiting.delete(roomId)
      this.busy.add(roomId)
      void this.read(roomId)
    }
  }

  private async read(roomId: number): Promise<void> {
    try {
      const [room, page] = await Promise.all([this.source.room(roomId), this.source.newest(roomId)])
      const old = this.order.get(roomId)
      if (!this.busy.has(roomId) || (old && old.lastSeq > page.lastSeq)) return
      const lastMessage = page.items[page.items.length - 1] ?? old?.lastMessage
      const { unread = 0, mentions = 0 } = old ?? this.counts.get(roomId) ?? {}
      const next: MyRoom = { ...room, unread, mentions, lastSeq: page.lastSeq }
      if (old?.readSeq !== undefined) next.readSeq = old.readSeq
      if (lastMessage) next.lastMessage = lastMessage
      this.order.set(next, lastMessage ? Date.parse(lastMessage.at) : Date.now())
      this.changed()
    } catch {
      // The next event of the room, or the next reading of the list, brings it.
    } finally {
      this.busy.delete(roomId)
      this.counts.delete(roomId)
      this.next()
    }
  }
}
