import { onScopeDispose, readonly, shallowRef, type ShallowRef } from 'vue'

/** What tells that it has changed. */
export interface Source { on(event: 'change', handler: () => void): () => void }

/** A ref that follows `read()` when the source changes: at once, or at most once a frame where much comes (`perFrame`). */
export function useLive<T>(source: Source, read: () => T, options: { perFrame?: boolean } = {}): Readonly<ShallowRef<T>> {
  const value = shallowRef(read())
  let waiting = false
  let over = false
  const update = () => {
    waiting = false
    if (!over) value.value = read()
  }
  const stop = source.on('change', () => {
    if (!options.perFrame) return update()
    if (waiting) return
    waiting = true
    // A hidden page draws no frames.
    if (document.hidden) setTimeout(update, 250)
    else requestAnimationFrame(update)
  })
  onScopeDispose(() => {
    over = true
    stop()
  })
  return readonly(value) as Readonly<ShallowRef<T>>
}
