import type { Message } from 'maru-client'
import { computed, ref, watch, type Ref } from 'vue'
import { maru } from '@/client'
import type { LiveTimeline } from '../view/useTimeline'

/** Messages of others as they come live, and how many are below what is on the screen: those that came, or were not read before. */
export function useArrivals(live: LiveTimeline, unread: () => number, atEnd: Readonly<Ref<boolean>>, came: (message: Message) => void) {
  const below = ref(0)
  let last: number | null = null

  watch(live.state, ({ items, hasNewer, room }) => {
    if (!room) return
    const newest = items.at(-1)?.seq ?? 0
    // Pages that are read are no arrivals: with newer ones missing, what comes is counted by the timeline.
    const before = last
    last = hasNewer ? null : newest
    if (before === null || hasNewer || newest <= before) return
    for (let at = items.length - 1; at >= 0; at--) {
      const message = items[at] as Message
      if (message.seq <= before) break
      if (message.kind === 'system' || message.sender.id === maru.session.user?.id) continue
      if (!atEnd.value) below.value++
      came(message)
    }
  })
  watch(atEnd, end => { if (end) below.value = 0 })
  return computed(() => Math.max(below.value + live.state.value.unseen, unread()))
}
