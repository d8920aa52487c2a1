import type { Presence } from 'maru-client'
import { onScopeDispose, shallowReactive, watch } from 'vue'
import { maru } from '@/client'

/** Who of these people is there, live, while the component is. */
export function usePresence(ids: () => readonly number[]): ReadonlyMap<number, Presence> {
  const states = shallowReactive(new Map<number, Presence>())
  let stop: (() => void) | undefined
  watch(() => ids().join(','), () => {
    stop?.()
    const people = ids().filter(id => id !== maru.session.user?.id)
    const wanted = new Set(people)
    for (const id of states.keys()) if (!wanted.has(id)) states.delete(id)
    for (const id of people) {
      const known = maru.presence.of(id)
      if (known) states.set(id, known)
    }
    stop = people.length > 0 ? maru.presence.watch(people) : undefined
  }, { immediate: true })
  const off = maru.presence.on('change', id => {
    const state = maru.presence.of(id)
    if (state && ids().includes(id)) states.set(id, state)
  })
  onScopeDispose(() => {
    stop?.()
    off()
  })
  return states
}

/** Online, away, or when they were there last. */
export function presenceText(
  presence: Presence | undefined, t: (key: string, values?: Record<string, unknown>) => string, format: { ago(at: string): string },
): string {
  if (presence && presence.state !== 'offline') return t(`presence.${presence.state}`)
  return presence?.lastSeenAt ? t('presence.lastSeen', { ago: format.ago(presence.lastSeenAt) }) : t('presence.offline')
}
