import { shallowRef } from 'vue'
import type { Router } from 'vue-router'
import type { Where } from './query'

/** How somebody wishes the panel to begin; the panel takes it. */
export interface Wish { text?: string; room?: Where }
export const wish = shallowRef<Wish | null>(null)

/** A hit that was opened, while the way back to the others is shown above its room. */
export const trail = shallowRef<{ roomId: number; seq: number } | null>(null)

/** The message is wanted once more, at an address that does not change. */
export const again = shallowRef<{ roomId: number; seq: number } | null>(null)

export const isSearch = (name: unknown): boolean => name === 'search' || name === 'room-search' || name === 'message-search'

/** Opens the panel: beside the room that is open, or as a screen of its own. */
export function openSearch(router: Router, begin: Wish = {}): void {
  wish.value = begin
  const { name, params: { roomId, seq } } = router.currentRoute.value
  if (isSearch(name)) return
  void router.push(!roomId ? { name: 'search' }
    : seq ? { name: 'message-search', params: { roomId, seq } } : { name: 'room-search', params: { roomId } })
}
