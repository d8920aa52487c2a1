import type { FeedEvent } from './types.js'

type Open = (roomId: number, handler: (event: FeedEvent) => void) => { close(): void }

/** The feeds of some rooms. One that falls out of the first so many stays open for a while, so that rooms at the edge do not flap. */
export class RoomFeeds {
  private readonly feeds = new Map<number, { close(): void }>()
  private readonly held = new Map<number, number>()

  constructor(
    private readonly most: number,
    private readonly open: Open,
    private readonly handle: (roomId: number, event: FeedEvent) => void,
  ) {}

  has(roomId: number): boolean {
    return this.feeds.has(roomId)
  }

  hold(roomId: number): () => void {
    this.held.set(roomId, (this.held.get(roomId) ?? 0) + 1)
    let over = false
    return () => {
      if (over) return
      over = true
      const count = (this.held.get(roomId) ?? 1) - 1
      if (count > 0) this.held.set(roomId, count)
      else this.held.delete(roomId)
    }
  }

  /** Follows these, and those that are held as far as they are known. */
  follow(roomIds: readonly number[], known: (roomId: number) => boolean): void {
    const wanted = new Set(roomIds)
    for (const roomId of this.held.keys()) if (known(roomId)) wanted.add(roomId)
    for (const roomId of wanted) this.ensure(roomId)
    if (this.feeds.size <= this.most * 1.5) return
    for (const [roomId, feed] of this.feeds) {
      if (wanted.has(roomId)) continue
      feed.close()
      this.feeds.delete(roomId)
    }
  }

  drop(roomId: number): void {
    this.feeds.get(roomId)?.close()
    this.feeds.delete(roomId)
  }

  /** Closes all but those of which this is true. */
  keep(which: (roomId: number) => boolean): void {
    for (const roomId of [...this.feeds.keys()]) if (!which(roomId)) this.drop(roomId)
  }

  private ensure(roomId: number): void {
    if (this.feeds.has(roomId)) return
    // The place is taken first: a feed may call its handler while it opens.
    this.feeds.set(roomId, { close() {} })
    this.feeds.set(roomId, this.open(roomId, (event) => this.handle(roomId, event)))
  }
}
