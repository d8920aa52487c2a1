/** Browsers differ in what they tell of an Enter that ends a composition; within this time after its end it is still that one. */
const sameStroke = 40

/**
 * Whether a key belongs to an input method: Korean, Japanese and Chinese are composed, and Enter takes what is composed.
 * Chrome and Firefox: keydown with isComposing, then compositionend. Safari: compositionend, then keydown with keyCode 229.
 * Chrome on macOS with Korean: a second keydown of the same stroke, without any sign, right behind compositionend.
 */
export class Ime {
  private composing = false
  private endedAt = -Infinity

  start(): void { this.composing = true }

  end(event: { timeStamp: number }): void {
    this.composing = false
    this.endedAt = event.timeStamp
  }

  owns(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode' | 'key' | 'timeStamp'>): boolean {
    if (event.isComposing || event.keyCode === 229 || this.composing) return true
    return event.key === 'Enter' && event.timeStamp - this.endedAt < sameStroke
  }
}
