import type { PageQuery } from './timeline-source.js'
import type { MessagePage } from './types.js'
import type { MessageWindow } from './window.js'

/** Between two readings of a room of many, and of one of few. */
const longPause = 10_000
const shortPause = 2000
/** A position may be told so much later than a page had it. */
const late = 3000
const mostOnScreen = 100

/**
 * Reads the messages on the screen again where events leave their `unreadBy` in doubt: readers whom no event names, or whose earlier
 * position is not known. At most every ten seconds in a large room, and once more when it is quiet.
 */
export class Recheck {
  private first = 0
  private last = 0
  private doubtAt = 0
  private doneAt = -longPause
  private readAt = 0
  private busy = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private connected = false

  constructor(
    private readonly window: MessageWindow,
    private readonly page: (query: PageQuery) => Promise<MessagePage>,
    private readonly large: () => boolean,
    private readonly changed: () => void,
  ) {}

  look(first: number, last: number): void {
    if (first === this.first && last === this.last) return
    ;[this.first, this.last] = [first, last]
    if (this.doubtful()) this.plan()
  }

  /** All that was read up to now may be wrong. */
  doubt(): void {
    this.doubtAt = Date.now()
    this.plan()
  }

  /** A reader moved: what was read a moment ago may have counted that already. */
  recent(): void {
    if (Date.now() - this.readAt < late) this.doubt()
  }

  /** A page was read. */
  installed(): void {
    this.readAt = Date.now()
  }

  /** Connected again: what readers did meanwhile was not told. */
  again(): void {
    if (this.connected) this.doubt()
    this.connected = true
  }

  close(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.first = this.last = 0
  }

  private doubtful(): boolean {
    let found = false
    this.window.back(this.first, this.last, (entry) => {
      found = entry.readAt <= this.doubtAt && entry.message.unreadBy !== undefined
      return !found
    })
    return found
  }

  private plan(): void {
    if (this.timer !== undefined || this.busy || this.last === 0) return
    const pause = this.large() ? longPause : shortPause
    this.timer = setTimeout(() => void this.run(), Math.max(250, this.doneAt + pause - Date.now()))
  }

  private async run(): Promise<void> {
    this.timer = undefined
    if (!this.doubtful()) return
    this.busy = true
    const begun = Date.now()
    try {
      const { items, lastSeq } = await this.page({ after: this.first - 1, limit: mostOnScreen })
      if (this.last === 0) return   // closed meanwhile
      for (const message of items) {
        const entry = this.window.find(message.seq)
        if (!entry || entry.asOf > lastSeq) continue
        entry.readAt = begun
        if (JSON.stringify(entry.message) !== JSON.stringify(message)) this.window.replace(entry, message)
      }
      this.changed()
    } catch {
      // Counts that are somewhat old do no harm; the next doubt tries again.
    } finally {
      this.busy = false
      this.readAt = this.doneAt = Date.now()
    }
    if (this.last !== 0 && this.doubtful()) this.plan()
  }
}
