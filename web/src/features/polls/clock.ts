import { onScopeDispose, ref } from 'vue'

/** The time, new every half minute: what closes by itself is seen to be closed. One timer for all. */
const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

export function useClock() {
  if (users++ === 0) {
    now.value = Date.now()
    timer = setInterval(() => { now.value = Date.now() }, 30_000)
  }
  onScopeDispose(() => { if (--users === 0) clearInterval(timer) })
  return now
}
