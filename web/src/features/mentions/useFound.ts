import { take, type MentioningMessage, type StarredMessage } from 'maru-client'
import { onScopeDispose, ref, shallowRef } from 'vue'
import { maru } from '@/client'
import { useProblems } from '@/composables/useProblems'
import { merge } from './merge'

export type Found = MentioningMessage | StarredMessage

/** Messages of all rooms that mention the person, or that they starred; the newest first, live. */
export function useFound(kind: 'mentions' | 'stars') {
  const items = shallowRef<readonly Found[]>([])
  const loading = ref(false)
  const hasMore = ref(true)
  const problems = useProblems()
  let next: string | undefined
  let turn = 0

  async function page(fresh: boolean) {
    const mine = ++turn
    loading.value = true
    try {
      const query = { limit: 30, ...(fresh || !next ? {} : { after: next }) }
      const found: { items: Found[]; next?: string } = kind === 'mentions'
        ? await take(maru.api.GET('/api/me/mentions', { params: { query } }))
        : await take(maru.api.GET('/api/me/stars', { params: { query } }))
      if (mine !== turn) return
      const merged = fresh ? merge(found.items, items.value) : { items: [...items.value, ...found.items], keeps: false }
      items.value = merged.items
      if (!merged.keeps) next = found.next
      hasMore.value = next !== undefined
    } catch (error) {
      if (mine === turn) problems.tell(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  const stops = [
    maru.events.on(kind === 'mentions' ? 'mention' : 'message.starred', () => void page(true)),
    maru.events.on('resumed', () => void page(true)),
  ]
  onScopeDispose(() => {
    turn++
    stops.forEach(stop => stop())
  })
  void page(true)
  return { items, loading, hasMore, more: () => page(false) }
}
