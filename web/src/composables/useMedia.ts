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
/** No room for a third pane: it lies above the second. */
export const useNarrow = () => useMedia('(max-width: 1199px)')
