import type { Room } from 'maru-client'
import { computed, onScopeDispose, ref, type Ref } from 'vue'
import { maru } from '@/client'

/** When one may write again in slow rooms, by the room. */
const until = new Map<number, number>()

export function wroteIn(room: Room): void {
  if (slow(room)) until.set(room.id, Date.now() + (room.slowMode ?? 0) * 1000)
}

const slow = (room: Room) => !!room.slowMode && room.role !== 'owner' && room.role !== 'admin'

/** Seconds until the next message may go out; 0: now. What the server said of a message that was too early counts too. */
export function useSlowMode(room: Ref<Room>) {
  const now = ref(Date.now())
  const timer = setInterval(() => { if (slow(room.value)) now.value = Date.now() }, 1000)
  const stop = maru.outbox.on('change', roomId => {
    const refused = maru.outbox.of(roomId).find(pending => pending.problem?.type === 'slow-mode')
    if (refused?.retryAt) until.set(roomId, refused.retryAt)
    now.value = Date.now()
  })
  onScopeDispose(() => {
    clearInterval(timer)
    stop()
  })
  return computed(() => slow(room.value) ? Math.max(0, Math.ceil(((until.get(room.value.id) ?? 0) - now.value) / 1000)) : 0)
}
