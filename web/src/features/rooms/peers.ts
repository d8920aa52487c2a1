import { take, type MyRoom, type User } from 'maru-client'
import { computed, shallowReactive, watch } from 'vue'
import { maru } from '@/client'

// Who the other one of a direct room is. The list of rooms does not say it: a message of theirs does, or else the two members.
const peers = shallowReactive(new Map<number, User>())
const asked = new Set<number>()

maru.session.on('change', () => {
  if (maru.session.state === 'in') return
  peers.clear()
  asked.clear()
})

async function ask(roomId: number): Promise<void> {
  if (asked.has(roomId)) return
  asked.add(roomId)
  try {
    const { items } = await take(maru.api.GET('/api/rooms/{roomId}/members', { params: { path: { roomId }, query: { limit: 2 } } }))
    const other = items.find(one => one.id !== maru.session.user?.id)
    if (other) peers.set(roomId, other)
  } catch {
    asked.delete(roomId)   // their presence does not show
  }
}

/** The other one of a direct room, as far as it is known already. */
export function peerOf(room: MyRoom): User | undefined {
  if (room.kind !== 'direct') return undefined
  const sender = room.lastMessage?.sender
  return peers.get(room.id) ?? (sender && sender.id !== maru.session.user?.id ? sender : undefined)
}

/** The other one of a direct room; nobody in a group. Asks the server only for rooms that are looked at. */
export function usePeer(room: () => MyRoom | undefined) {
  const known = computed(() => {
    const now = room()
    return now && peerOf(now)
  })
  watch(() => {
    const now = room()
    return now?.kind === 'direct' && !known.value ? now.id : null
  }, roomId => { if (roomId !== null) void ask(roomId) }, { immediate: true })
  return known
}
