import { onScopeDispose } from 'vue'
import { maru } from '@/client'

const idle = 5 * 60_000   // ms without a move after which nobody is there
const pause = 5_000       // ms between two looks at what moves
const moves = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'] as const

/** Tells Maru when the person leaves this device alone, and when they are back. */
export function useAttention(): void {
  let looked = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  const gone = () => {
    looked = -Infinity
    maru.presence.away()
  }
  const here = (event?: Event) => {
    if (document.hidden || performance.now() - looked < pause) return
    looked = performance.now()
    clearTimeout(timer)
    timer = setTimeout(gone, idle)
    maru.presence.back()
    // Who does something now does not want to wait for the next try.
    if (event?.type === 'pointerdown' || event?.type === 'keydown') maru.connection.wake()
  }
  for (const move of moves) addEventListener(move, here, { passive: true, capture: true })
  document.addEventListener('visibilitychange', here)
  here()
  onScopeDispose(() => {
    clearTimeout(timer)
    for (const move of moves) removeEventListener(move, here, { capture: true })
    document.removeEventListener('visibilitychange', here)
  })
}
