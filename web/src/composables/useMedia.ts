import { onScopeDispose, readonly, ref } from 'vue'

/** Whether the media query holds, live. */
export function useMedia(query: string) {
  const list = matchMedia(query)
  const holds = ref(list.matches)
  const update = () => { holds.value = list.matches }
  list.addEventListener('change', update)
  onScopeDispose(() => list.removeEventListener('change', update))
  return readonly(holds)
}

/** One pane at a time. */
export const usePhone = () => useMedia('(max-width: 719px)')
/** Fingers alone: the focus in a field calls a keyboard, on which Enter breaks the line. */
export const useTouch = () => useMedia('(hover: none) and (pointer: coarse)')
/** No room for a third pane: it lies above the second. */
export const useNarrow = () => useMedia('(max-width: 1199px)')
