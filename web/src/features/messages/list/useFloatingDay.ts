import { computed, onScopeDispose, ref, type Ref, type ShallowRef } from 'vue'
import type { Row } from './rows'

const shows = 1500

/** The day of the first message on the screen, while one scrolls; null where it would stand beside its own mark. */
export function useFloatingDay(rows: Readonly<ShallowRef<readonly Row[]>>, visible: Readonly<Ref<readonly [number, number]>>) {
  const scrolling = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))
  const day = computed(() => {
    const row = rows.value[visible.value[0]]
    return !row?.message || row.day ? null : row.message.at
  })
  return {
    day,
    scrolling,
    scrolled() {
      scrolling.value = true
      clearTimeout(timer)
      timer = setTimeout(() => { scrolling.value = false }, shows)
    },
  }
}
