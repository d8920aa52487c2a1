import type { Profile } from 'maru-client'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { useSession } from './session'

/** Whether the person wants no notices now. */
export function isQuiet(profile: Pick<Profile, 'doNotDisturb'> | null, now = Date.now()): boolean {
  const until = profile?.doNotDisturb
  return typeof until === 'string' ? Date.parse(until) > now : until === true
}

/** 08:00 of the next day, by the person's clock. */
export function tomorrow(now = new Date()): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8)
}

/** Do not disturb, as it is now: it ends by itself where it has an end. */
export function useQuiet() {
  const session = useSession()
  const now = shallowRef(Date.now())
  const until = computed(() => typeof session.profile?.doNotDisturb === 'string' ? new Date(session.profile.doNotDisturb) : null)
  const quiet = computed(() => isQuiet(session.profile, now.value))

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(until, end => {
    clearTimeout(timer)
    now.value = Date.now()
    const rest = end ? end.getTime() - now.value : 0
    if (rest > 0 && rest < 2 ** 31) timer = setTimeout(() => { now.value = Date.now() }, rest + 50)
  }, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))

  return {
    quiet,
    /** Its end; null where it has none. */
    until,
    for1Hour: () => session.change({ doNotDisturb: new Date(Date.now() + 3_600_000).toISOString() }),
    untilTomorrow: () => session.change({ doNotDisturb: tomorrow().toISOString() }),
    on: () => session.change({ doNotDisturb: true }),
    off: () => session.change({ doNotDisturb: false }),
  }
}
