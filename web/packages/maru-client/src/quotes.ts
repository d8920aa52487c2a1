import { quoteOf } from './changes.js'
import { MaruProblem } from './problem.js'
import type { Message, Quote } from './types.js'

const mostWaiting = 30

/** Reads the messages that live replies answer, where they are not loaded: one at a time, and not very many. */
export class Quotes {
  private readonly waiting = new Set<number>()
  private busy = false
  private over = false

  constructor(
    private readonly read: (seq: number) => Promise<Message>,
    private readonly found: (quote: Quote) => void,
  ) {}

  want(seq: number): void {
    if (this.waiting.size >= mostWaiting) return
    this.waiting.add(seq)
    if (!this.busy) void this.work()
  }

  close(): void {
    this.over = true
    this.waiting.clear()
  }

  private async work(): Promise<void> {
    this.busy = true
    for (const seq of this.waiting) {
      let quote: Quote | undefined
      try {
        quote = quoteOf(await this.read(seq))
      } catch (error) {
        // What the reader may not see is hidden from them; of anything else nothing is shown.
        if (error instanceof MaruProblem && error.type === 'not-found') quote = { seq, text: '', hidden: true }
      }
      this.waiting.delete(seq)
      if (this.over) return
      if (quote) this.found(quote)
    }
    this.busy = false
  }
}
