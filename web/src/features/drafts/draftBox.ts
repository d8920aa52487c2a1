export interface DraftText { text: string; replyTo?: number }

export interface DraftPlaces {
  /** In this browser, at once; null: nothing any more. */
  keep(draft: DraftText | null): void
  /** At the server, for the person's other devices. An empty text removes it. `last`: the page goes away. */
  put(draft: DraftText, last: boolean): Promise<void>
}

const same = (a: DraftText, b: DraftText) => a.text === b.text && a.replyTo === b.replyTo
const nothing: DraftText = { text: '' }

/** The draft of one room: kept here at once, and at the server when the typing pauses. */
export class DraftBox {
  private current: DraftText
  /** What the server has, as far as we know. */
  private there: DraftText
  private timer: ReturnType<typeof setTimeout> | undefined
  private sending = false
  private touchedAt = -Infinity

  constructor(private readonly places: DraftPlaces, start: DraftText, there: DraftText = start,
    private readonly pause = 1000, private readonly typing = 4000) {
    this.current = start
    this.there = there
  }

  /** The person typed. */
  change(draft: DraftText): void {
    if (same(draft, this.current)) return
    this.current = draft
    this.touchedAt = Date.now()
    this.places.keep(draft.text === '' ? null : draft)
    this.later()
  }

  /** It went out: gone here and there, at once. */
  sent(): void {
    this.current = nothing
    this.touchedAt = -Infinity
    this.places.keep(null)
    this.flush()
  }

  /** The page or the room is left: what waits goes out now. */
  flush(last = false): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (!same(this.current, this.there)) void this.send(last)
  }

  /** Another device has changed it. What to show now; undefined: it stays, since the person is typing here, or it is our own echo. */
  remote(draft: DraftText): DraftText | undefined {
    const known = same(draft, this.there)
    this.there = draft
    if (known || same(draft, this.current)) return undefined
    if (this.timer !== undefined || this.sending || Date.now() - this.touchedAt < this.typing) return undefined
    this.current = draft
    this.places.keep(draft.text === '' ? null : draft)
    return draft
  }

  private later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = undefined
      if (!same(this.current, this.there)) void this.send(false)
    }, this.pause)
  }

  /** One request at a time: the newest text follows the one under way. */
  private async send(last: boolean) {
    if (this.sending && !last) return
    this.sending = true
    const draft = this.current
    const before = this.there
    this.there = draft   // its echo may come before the answer
    try {
      await this.places.put(draft, last)
    } catch {
      if (this.there === draft) this.there = before   // offline: kept here; the next change, or the next visit, sends it
    } finally {
      this.sending = false
    }
    if (this.there === draft && !same(this.current, draft) && this.timer === undefined) this.later()
  }
}
