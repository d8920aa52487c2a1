import { onScopeDispose, ref, shallowRef, watch } from 'vue'

interface Page<T> { items: readonly T[]; next?: string }

/** A list that is searched while one writes, and read on by the page. */
export function usePages<T>(read: (query: string, after: string | undefined) => Promise<Page<T>>) {
  const query = ref('')
  const items = shallowRef<readonly T[]>()
  const next = ref<string>()
  const failed = shallowRef<unknown>(null)
  const busy = ref(false)
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(more = false) {
    const mine = ++turn
    busy.value = true
    try {
      const page = await read(query.value.trim(), more ? next.value : undefined)
      if (mine !== turn) return
      items.value = more ? [...items.value ?? [], ...page.items] : page.items
      next.value = page.next
      failed.value = null
    } catch (error) {
      if (mine === turn) failed.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  watch(query, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), 250)
  })
  onScopeDispose(() => clearTimeout(timer))
  void load()
  return { query, items, next, failed, busy, load }
}
