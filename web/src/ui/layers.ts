import { onScopeDispose, watch } from 'vue'
import type { Router } from 'vue-router'

const settles = 150   // ms until the router has returned
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
    if (!close) return true
    close()
    setTimeout(agree, settles)
    return false
  })

  /** Who went back again meanwhile is where the address says. */
  function agree() {
    const address = location.pathname.slice(new URL(document.baseURI).pathname.length - 1) + location.search + location.hash
    if (address !== router.currentRoute.value.fullPath) void router.replace(address)
  }
}
