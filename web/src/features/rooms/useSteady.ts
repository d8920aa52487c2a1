import type { MyRoom } from 'maru-client'
import { computed, onScopeDispose, shallowRef } from 'vue'
import { inOrder } from './arrange'

const rest = 5000   // ms after which a pointer that rests holds nothing any more

/** Rooms whose order stands still while a pointer is among them: nobody clicks a row that has just moved away. */
export function useSteady(rooms: () => readonly MyRoom[]) {
  const held = shallowRef<ReadonlyMap<number, number> | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  function release() {
    clearTimeout(timer)
    held.value = null
  }
  onScopeDispose(release)

  return {
    rooms: computed(() => held.value ? inOrder(rooms(), held.value) : rooms()),
    release,
    /** A mouse moved over the list. A finger holds nothing: it lies on it only to scroll or to press. */
    hold(event: PointerEvent) {
      if (event.pointerType === 'touch') return
      held.value ??= new Map(rooms().map((room, at) => [room.id, at]))
      clearTimeout(timer)
      timer = setTimeout(release, rest)
    },
  }
}
