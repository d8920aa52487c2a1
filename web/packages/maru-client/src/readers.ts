import type { Message, Room } from './types.js'
import type { MessageWindow } from './window.js'

const mostReaders = 5000

/**
 * Keeps `unreadBy` by the events of readers (docs/protocols/stomp.md, "Readers"). Where a reader was before is known only of those who
 * moved since the room is open; of the others it is known that they were not behind the end that the room had then.
 */
export class Readers {
  private readonly positions = new Map<number, number>()
  /** The end of the log when the messages were read: what came later was unread by all but its sender. */
  private start = 0

  constructor(
    private readonly window: MessageWindow,
    private readonly room: () => Room | null,
  ) {}

  /** From here on everybody's moves are told. */
  begin(head: number): void {
    this.positions.clear()
    this.start = head
  }

  know(userId: number, seq: number): void {
    if (!this.positions.has(userId) && this.positions.size >= mostReaders) {
      for (const oldest of this.positions.keys()) {
        this.positions.delete(oldest)
        break
      }
    }
    this.positions.set(userId, seq)
  }

  /** Returns whether some counts are in doubt now: where the reader was before is not known. */
  move(userId: number, seq: number): boolean {
    const before = this.positions.get(userId)
    this.know(userId, seq)
    if (before === undefined && this.room()?.kind === 'direct') {
      this.both(userId, seq)
      return false
    }
    const from = before ?? Math.min(this.start, seq)
    if (seq > from) this.count(userId, from + 1, seq, -1)
    else if (seq < from) this.count(userId, seq + 1, from, 1)
    return before === undefined && this.doubt(userId, Math.min(seq, this.start))
  }

  /** Of two people the other one has read it, or not. */
  private both(userId: number, seq: number): void {
    this.window.back(0, seq, (entry) => {
      const { message } = entry
      if (message.sender.id === userId || message.unreadBy === undefined) return
      if (message.unreadBy === 0) return false
      this.window.replace(entry, { ...message, unreadBy: 0 })
    })
  }

  private count(userId: number, first: number, last: number, by: number): void {
    this.window.back(first, last, (entry) => {
      const { message } = entry
      if (message.unreadBy === undefined || message.sender.id === userId) return
      const unreadBy = Math.max(0, message.unreadBy + by)
      if (unreadBy !== message.unreadBy) this.window.replace(entry, { ...message, unreadBy })
    })
  }

  /** Whether a loaded message up to there is unread by somebody, who may be this one. */
  private doubt(userId: number, last: number): boolean {
    let found = false
    this.window.back(0, last, ({ message }) => {
      if (message.sender.id === userId || message.unreadBy === undefined) return
      found = message.unreadBy > 0
      return false   // who has not read an older one has not read this one either
    })
    return found
  }
}

/** A message that came live is unread by everybody but its sender. */
export function unreadOf(message: Message, room: Room | null): Message {
  if (!room || message.kind === 'system' || message.kind === 'unknown') return message
  return { ...message, unreadBy: Math.max(0, room.memberCount - 1) }
}
