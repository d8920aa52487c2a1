import { nextTick, onScopeDispose, type Ref } from 'vue'
import type { RouteLocationNormalized, Router } from 'vue-router'

const patience = 1500   // ms in which a screen's heading comes, or the person does something else

/** What makes a screen: panes that open beside a room are not another one, and see to the focus themselves. */
export function screenOf(route: RouteLocationNormalized): string {
  return route.params.roomId ? `room ${String(route.params.roomId)}` : String(route.name)
}

/**
 * A new screen is read from its heading on: the focus goes there, or to where it says that one begins (`data-begin`), unless it took the
 * focus itself. Who goes back finds the focus where it was.
 */
export function useScreenFocus(router: Router, main: Readonly<Ref<HTMLElement | null>>): void {
  const left = new Map<number, string>()   // position in the history → the link or button that had the focus
  let position = place()

  const before = router.beforeResolve((to, from) => {
    if (screenOf(to) === screenOf(from)) return
    const key = keyOf(document.activeElement)
    if (key) left.set(position, key)
    else left.delete(position)
  })
  const after = router.afterEach(async (to, from, failure) => {
    if (failure) return
    const was = position
    position = place()
    if (screenOf(to) === screenOf(from)) return
    for (const at of left.keys()) if (at > position) left.delete(at)
    const key = position < was ? left.get(position) : undefined
    await nextTick()
    const held = document.activeElement
    for (const end = performance.now() + patience; performance.now() < end; await frame()) {
      const { activeElement } = document
      // The screen took the focus, or the person went on: theirs it is.
      if (activeElement !== held && activeElement !== document.body) return
      if (activeElement && main.value?.contains(activeElement) && activeElement !== main.value && !key) return
      const goal = key ? document.querySelector<HTMLElement>(key)
        : main.value?.querySelector<HTMLElement>('[data-begin]') ?? visible(main.value?.querySelector<HTMLElement>('h1'))
      if (!goal) continue
      if (!goal.matches('a, button, input, [tabindex]')) goal.tabIndex = -1
      return goal.focus({ preventScroll: !key })
    }
  })
  onScopeDispose(() => {
    before()
    after()
  })
}

function place(): number {
  return (history.state as { position?: number } | null)?.position ?? 0
}

/** How the element is found again when its screen is there again. */
function keyOf(element: Element | null): string | undefined {
  if (!element || element === document.body) return undefined
  if (element.id && !/^(reka|v)-/.test(element.id)) return `#${CSS.escape(element.id)}`
  const address = element.getAttribute('href')
  return address ? `a[href="${CSS.escape(address)}"]` : undefined
}

function visible(element: HTMLElement | null | undefined): HTMLElement | null {
  return element?.checkVisibility() ? element : null
}

const frame = () => new Promise(done => document.hidden ? setTimeout(done, 50) : requestAnimationFrame(done))
