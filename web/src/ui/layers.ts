import { onScopeDispose, watch } from 'vue'
import type { Router } from 'vue-router'

const layers: (() => void)[] = []

/** While `open`, going back closes what lies above the screen, as people know it from phones, and does not leave the screen. */
export function useLayer(open: () => boolean, close: () => void): void {
  const leave = () => {
    const at = layers.lastIndexOf(close)
    if (at >= 0) layers.splice(at, 1)
  }
  watch(open, now => {
    if (now) layers.push(close)
    else leave()
  }, { immediate: true })
  onScopeDispose(leave)
}

export function closeLayersByGoingBack(router: Router): void {
  const place = () => (history.state as { position?: number } | null)?.position ?? 0
  let position = place()
  router.afterEach((_to, _from, failure) => { if (!failure) position = place() })
  // Who goes back is there already, as far as the browser knows; the router returns when it is told no.
  router.beforeEach(() => {
    const close = place() < position ? layers.pop() : undefined
    close?.()
    return close === undefined
  })
}
