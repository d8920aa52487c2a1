import { take, type Room } from 'maru-client'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { maru } from '@/client'

const pause = 250        // ms after the last stroke before it is searched
const spread = 3000      // ms within which all who look read anew

export const sorts = ['activity', 'members', 'newest', 'name'] as const

/** The public rooms: by pages, searched and sorted by the server, and live. */
export function useDirectory() {
  const query = ref('')
  const sort = ref<typeof sorts[number]>('activity')
  const rooms = shallowRef<readonly Room[]>([])
  const loading = ref(false)
  const ready = ref(false)
  const failed = shallowRef<unknown>(null)
  let next: string | undefined
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function page(fresh: boolean): Promise<void> {
    const mine = ++turn
    loading.value = true
    failed.value = null
    try {
      const q = query.value.trim()
      const found = await take(maru.api.GET('/api/rooms', {
        params: { query: { sort: sort.value, limit: 50, ...(q ? { q } : {}), ...(fresh || !next ? {} : { after: next }) } },
      }))
      if (mine !== turn) return
      next = found.next
      const known = new Set(fresh ? [] : rooms.value.map(room => room.id))
      rooms.value = [...(fresh ? [] : rooms.value), ...found.items.filter(room => !known.has(room.id))]
      ready.value = true
    } catch (error) {
      if (mine === turn) failed.value = error
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  function soon(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(() => void page(true), ms)
  }

  watch(query, () => soon(pause))
  watch(sort, () => soon(0))

  let resets = 0
  const stop = maru.publicRooms.watch(event => {
    // The first reset comes when we begin to look; later ones come to all who look, at once.
    if (event.type === 'rooms.reset') return soon(resets++ === 0 ? 0 : Math.random() * spread)
    if (event.type === 'room.removed') {
      rooms.value = rooms.value.filter(room => room.id !== event.roomId)
      return
    }
    const at = rooms.value.findIndex(room => room.id === event.roomId)
    if (at >= 0) rooms.value = rooms.value.with(at, event.room)
    // A new room stands first until the list is read anew: that is where somebody who waits for it looks.
    else if (!query.value.trim() && ready.value) rooms.value = [event.room, ...rooms.value]
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
    turn++
  })
  void page(true)

  return {
    query, sort, sorts, rooms, loading, ready, failed,
    more: async () => { if (next && !loading.value) await page(false) },
    reload: () => page(true),
  }
}
