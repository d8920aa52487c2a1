import { shallowReactive } from 'vue'

export interface DeletionRequest { roomId: number; seq: number }
/** Sends the request; `last`: the page goes away, and the request must outlive it. */
export type SendDeletion = (request: DeletionRequest, last: boolean) => Promise<void>

interface Waiting { request: DeletionRequest; timer: ReturnType<typeof setTimeout> | undefined }   // without a timer: it is out

/**
 * Deletions that can be taken back for some seconds: the message is hidden at once, the request goes out after them.
 * Who closes the page has said "delete" and not taken it back: then it goes out at once.
 */
export class Deletions {
  private readonly waiting = shallowReactive(new Map<string, Waiting>())

  constructor(private readonly send: SendDeletion, private readonly failed: (error: unknown) => void, readonly ms = 5000) {}

  /** Shown as deleted. Reactive. */
  hides(roomId: number, seq: number): boolean {
    return this.waiting.has(key(roomId, seq))
  }

  /** Hides the message; the function that comes back undoes it, while it can. */
  add(request: DeletionRequest): () => void {
    const name = key(request.roomId, request.seq)
    if (!this.waiting.has(name)) {
      this.waiting.set(name, { request, timer: setTimeout(() => void this.go(name, false), this.ms) })
    }
    return () => {
      const one = this.waiting.get(name)
      if (one?.timer === undefined) return
      clearTimeout(one.timer)
      this.waiting.delete(name)
    }
  }

  /** The page goes away, or the person signs out. */
  flush(): void {
    for (const [name, { timer }] of [...this.waiting]) {
      if (timer === undefined) continue
      clearTimeout(timer)
      void this.go(name, true)
    }
  }

  private async go(name: string, last: boolean) {
    const one = this.waiting.get(name)
    if (!one) return
    one.timer = undefined
    try {
      await this.send(one.request, last)
      // Its event may be on the way still: hidden a moment longer, the text does not flash up again.
      setTimeout(() => this.waiting.delete(name), this.ms)
    } catch (error) {
      this.waiting.delete(name)
      this.failed(error)
    }
  }
}

const key = (roomId: number, seq: number) => `${roomId}/${seq}`
