import { take, type Room } from 'maru-client'
import { computed, shallowRef, watch } from 'vue'
import { maru } from '@/client'

// Who the other one of a direct room is never changes.
const known = new Map<number, number>()
const most = 500

/** The other person of a direct room; null in other rooms, and until it is known. */
export function useOther(room: () => Room | null) {
  const found = shallowRef<readonly [room: number, user: number] | null>(null)
  watch(() => room()?.kind === 'direct' ? room()?.id : undefined, async roomId => {
    if (roomId === undefined) return
    try {
      const other = known.get(roomId) ?? await read(roomId)
      if (other === undefined) return
      if (known.size >= most) known.clear()
      known.set(roomId, other)
      found.value = [roomId, other]
    } catch {
      // their presence does not show
    }
  }, { immediate: true })
  return computed(() => found.value && found.value[0] === room()?.id ? found.value[1] : null)
}

async function read(roomId: number): Promise<number | undefined> {
  const params = { path: { roomId }, query: { limit: 2 } }
  const { items } = await take(maru.api.GET('/api/rooms/{roomId}/members', { params }))
  return items.find(one => one.id !== maru.session.user?.id)?.id
}
