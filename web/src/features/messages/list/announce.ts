/** At least so long, in ms, between two things that are said. */
const pause = 4000
/** More at once are summed up. */
const most = 2

export interface Heard { name: string; text: string }

/**
 * Says messages to screen readers as they come: one by one while they come slowly, and how many there were where they come fast.
 * @param say puts the text into a polite live region
 */
export class Announcer {
  private waiting: Heard[] = []
  private count = 0
  private saidAt = -pause
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly say: (heard: readonly Heard[], count: number) => void) {}

  hear(message: Heard): void {
    this.count++
    if (this.waiting.length <= most) this.waiting.push(message)
    this.timer ??= setTimeout(() => this.tell(), Math.max(300, this.saidAt + pause - Date.now()))
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private tell(): void {
    this.timer = undefined
    this.saidAt = Date.now()
    this.say(this.count > most ? [] : this.waiting, this.count)
    this.waiting = []
    this.count = 0
  }
}
