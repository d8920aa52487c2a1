import { pageOf, readAll, take, type Member } from 'maru-client'
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { maru } from '@/client'
import { fit } from '@/composables/search'
import { useProblems } from '@/composables/useProblems'

export const most = 5000   // members that are held: of larger rooms the first ones show

const rank = { owner: 0, admin: 1, member: 2 }

/** Reads the members of a room, as long as somebody `wants` them. */
export function readMembers(roomId: number, most: number, wants = () => true): Promise<Member[]> {
  return readAll<Member>(async after => wants()
    ? await take(maru.api.GET('/api/rooms/{roomId}/members', { params: { path: { roomId }, query: pageOf(after) } }))
    : { items: [] }, most)
}

/** The members of a room: those with a role first, then by name; live. */
export function useMembers(roomId: Ref<number>) {
  const all = shallowRef<readonly Member[]>([])
  const ready = ref(false)
  const problems = useProblems()
  let turn = 0

  async function load() {
    const mine = ++turn
    try {
      const found = await readMembers(roomId.value, most, () => mine === turn)
      if (mine !== turn) return
      all.value = found.sort((a, b) => rank[a.role] - rank[b.role] || a.name.localeCompare(b.name))
    } catch (error) {
      if (mine === turn) problems.tell(error)
    } finally {
      if (mine === turn) ready.value = true
    }
  }

  let close = () => {}
  watch(roomId, id => {
    close()
    ready.value = false
    all.value = []
    void load()
    const feed = maru.feeds.open(id, { after: maru.rooms.get(id)?.lastSeq }, event => {
      const moved = event.type === 'member.joined' || event.type === 'member.left' || event.type === 'reset'
      if (moved || (event.type === 'room.changed' && event.message.subject)) void load()
    })
    close = () => feed.close()
  }, { immediate: true })
  onScopeDispose(() => {
    turn++
    close()
  })

  return {
    all, ready,
    matching: (query: string) => query.trim() ? all.value.filter(one => fit(one.name, query) > 0 || fit(one.handle, query) > 0) : all.value,
  }
}
