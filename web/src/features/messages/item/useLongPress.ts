import { onScopeDispose } from 'vue'
import type { Point } from '../actions/overlay'

const hold = 450
const slack = 10
/** Within this time after the finger went up, a click is still that finger's. */
const afterglow = 350

/** A finger that rests. Scrolling and a second finger end it, and its click is none, neither below it nor on what opened under it. */
export function useLongPress(run: (point: Point) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from: Point | undefined

  const cancel = () => {
    clearTimeout(timer)
    timer = undefined
  }
  onScopeDispose(cancel)

  return {
    pointerdown(event: PointerEvent) {
      cancel()
      if (event.pointerType !== 'touch' || !event.isPrimary) return
      from = { x: event.clientX, y: event.clientY }
      timer = setTimeout(() => {
        timer = undefined
        swallowClick()
        navigator.vibrate?.(10)
        if (from) run(from)
      }, hold)
    },
    pointermove(event: PointerEvent) {
      if (timer && from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > slack) cancel()
    },
    pointerup: cancel,
    pointercancel: cancel,
  }
}

function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const up = () => {
    for (const name of ['touchend', 'touchcancel'] as const) removeEventListener(name, up, true)
    setTimeout(() => removeEventListener('click', swallow, true), afterglow)
  }
  addEventListener('click', swallow, true)
  for (const name of ['touchend', 'touchcancel'] as const) addEventListener(name, up, true)
}
