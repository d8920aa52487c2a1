import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { maru } from '@/client'
import { useLive } from '@/composables/useLive'

const patience = 1000   // ms without a connection before anybody is told

/** Without a network only a server on this very machine can be reached. */
const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)

/** How the connection is, for people: what lasts less than a second is not told. */
export function useConnection() {
  const state = useLive(maru.connection, () => maru.connection.state)
  const trouble = shallowRef(false)
  const seconds = ref(0)
  let patient: ReturnType<typeof setTimeout> | undefined
  let clock: ReturnType<typeof setInterval> | undefined

  function count() {
    const now = state.value
    seconds.value = now.kind === 'waiting' ? Math.max(0, Math.ceil((now.retryAt - Date.now()) / 1000)) : 0
  }
  function stop() {
    clearTimeout(patient)
    clearInterval(clock)
    patient = clock = undefined
  }

  watch(state, now => {
    if (now.kind === 'online' || now.kind === 'offline') {
      stop()
      trouble.value = false
      return
    }
    count()
    patient ??= setTimeout(() => { trouble.value = true }, patience)
    clock ??= setInterval(count, 500)
  }, { immediate: true })

  // The browser knows at once that the network is gone; a socket may be silent for half a minute before that is seen.
  const cut = shallowRef(!isLocal && !navigator.onLine)
  const look = () => { cut.value = !isLocal && !navigator.onLine }
  addEventListener('online', look)
  addEventListener('offline', look)
  onScopeDispose(() => {
    stop()
    removeEventListener('online', look)
    removeEventListener('offline', look)
  })
  return { state, cut, trouble: computed(() => trouble.value || cut.value), seconds, retry: () => maru.connection.wake() }
}
