import type { FeedEvent, PinnedMessage } from 'maru-client'

/** The list of a room's pins, kept by the events of its log. What is new in it is read again: events have no text. */
export class PinList {
  items: readonly PinnedMessage[] = []
  onChange: () => void = () => {}
  private reading = false
  private stale = false
  private complete = false

  constructor(private readonly read: () => Promise<readonly PinnedMessage[]>) {}

  /** One request at a time; what comes while one is under way asks for one more. */
  async load(): Promise<void> {
    if (this.reading) {
      this.stale = true
      return
    }
    this.reading = true
    try {
      do {
        this.stale = false
        this.set(await this.read())
        this.complete = true
      } while (this.stale)
    } catch {
      this.complete = false   // offline or no member: the next connection asks again
    } finally {
      this.reading = false
    }
  }

  apply(event: FeedEvent): void {
    switch (event.type) {
      case 'pin.changed':
        if (event.pinned || this.reading) void this.load()
        if (!event.pinned) this.remove(event.target)
        break
      case 'message.deleted':
        this.remove(event.message.seq)
        break
      case 'message.edited':
      case 'message.preview':
        if (this.items.some(pin => pin.message.seq === event.message.seq)) {
          this.set(this.items.map(pin => pin.message.seq === event.message.seq
            ? { ...pin, message: { ...pin.message, ...event.message, reactions: pin.message.reactions } }
            : pin))
        }
        break
      case 'reset':
        void this.load()
        break
      case 'live':
        if (!this.complete) void this.load()
        break
    }
  }

  private remove(seq: number) {
    if (this.items.some(pin => pin.message.seq === seq)) this.set(this.items.filter(pin => pin.message.seq !== seq))
  }

  private set(items: readonly PinnedMessage[]) {
    this.items = items
    this.onChange()
  }
}
