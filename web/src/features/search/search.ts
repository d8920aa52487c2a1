import { MaruProblem, take, type Message } from 'maru-client'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { maru } from '@/client'
import { trail } from './open'
import { isEnough, isNothing, isWithin, nothing, paramsOf, type Chip, type Filters, type Search, without } from './query'
import { recents, sameKey } from './recents'

const pause = 250       // ms after the last letter before the server is asked
const emptyPages = 8    // that are read on by themselves: the server looks at some thousand messages for each
const most = 1000       // hits that are kept

export const keyOf = ({ roomId, seq }: { roomId: number; seq: number }): string => `${roomId}-${seq}`

/** What is searched for and what was found. It stays while hits are looked at, and is gone with the person. */
export const useSearch = defineStore('search', () => {
  const text = ref('')
  const filters = shallowRef<Filters>({})
  const sort = ref<'newest' | 'best'>('newest')
  const items = shallowRef<readonly Message[]>([])
  const state = ref<'idle' | 'loading' | 'more' | 'ready' | 'failed'>('idle')
  const failure = shallowRef<unknown>(null)
  const next = shallowRef<string>()
  const kept = shallowRef<readonly Search[]>([])
  /** The hit that was opened last, and how far the list was scrolled. */
  const opened = shallowRef<string | null>(null)
  const scrolled = ref(0)
  const current = computed<Search>(() => ({ text: text.value, filters: filters.value }))
  const isFull = computed(() => items.value.length >= most)

  let asked: string | null = null
  let first = current.value       // what the pages are of: the next one is of the same letters, also where others mean the same
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined

  function stop() {
    clearTimeout(timer)
    asking?.abort()
    asking = undefined
  }

  function reset() {
    stop()
    asked = null
    items.value = []
    next.value = undefined
    state.value = 'idle'
    opened.value = null
    scrolled.value = 0
  }

  watch(current, (search, before) => {
    const key = sameKey(search)
    if (!isEnough(search)) return reset()
    if (key === asked && state.value !== 'failed') return
    stop()
    asked = key
    state.value = 'loading'
    timer = setTimeout(() => void read(search), search.text === before.text ? 0 : pause)
  }, { flush: 'sync' })

  watch(sort, () => {
    if (!isEnough(current.value)) return
    items.value = []
    void read(current.value)
  })

  /** Reads a page: the first one, or one after it. What the person has changed meanwhile is not waited for. */
  async function read(search: Search, before?: string): Promise<void> {
    stop()
    const mine = asking = new AbortController()
    state.value = before ? 'more' : 'loading'
    if (!before) first = search
    try {
      let at = before, found: Message[] = []
      for (let pages = 0; pages < emptyPages && found.length === 0; pages++) {
        const query = { ...paramsOf(search), sort: sort.value, ...(at ? { before: at } : {}) }
        const page = await take(maru.api.GET('/api/search', { params: { query }, signal: mine.signal }))
        if (mine !== asking) return
        found = page.items.filter(message => isWithin(message.at, search.filters))
        at = page.next
        if (!at) break
      }
      if (!before) {
        opened.value = null
        scrolled.value = 0
      }
      const known = new Set(before ? items.value.map(keyOf) : [])
      items.value = before ? [...items.value, ...found.filter(one => !known.has(keyOf(one)))].slice(0, most) : found
      next.value = at
      state.value = 'ready'
    } catch (error) {
      if (mine !== asking) return
      // the server's key has changed since the page before: from the first one on
      if (before && error instanceof MaruProblem && error.status === 400) return void read(search)
      if (!before) items.value = []
      failure.value = error
      state.value = 'failed'
    }
  }

  const me = () => maru.session.user?.id ?? 0
  function remember() {
    kept.value = recents.add(me(), current.value)
  }

  maru.session.on('change', () => {
    if (maru.session.state === 'in') return
    show(nothing)
    sort.value = 'newest'
    kept.value = []
    trail.value = null
  })

  function show(search: Search) {
    text.value = search.text
    filters.value = search.filters
  }

  return {
    text, filters, sort, items, state, failure, next, kept, opened, scrolled, current, isFull, remember, show,
    isEmpty: computed(() => isNothing(current.value)),
    /** What was typed is no search, as the server sees it. */
    isUnclear: computed(() => state.value === 'failed' && failure.value instanceof MaruProblem && failure.value.status === 400),
    isOff: computed(() => state.value === 'failed' && failure.value instanceof MaruProblem && failure.value.status === 404),
    set: (more: Filters) => { filters.value = { ...filters.value, ...more } },
    drop: (chip: Chip) => { filters.value = without(filters.value, chip) },
    more: () => { if (next.value && state.value === 'ready' && !isFull.value) void read(first, next.value) },
    retry: () => void (items.value.length > 0 && next.value ? read(first, next.value) : read(current.value)),
    loadKept: () => { kept.value = recents.of(me()) },
    forget: (search?: Search) => { kept.value = search ? recents.remove(me(), search) : recents.clear(me()) },

    /** A hit is about to be shown. */
    open(message: Message) {
      remember()
      opened.value = keyOf(message)
      trail.value = { roomId: message.roomId, seq: message.seq }
    },
    /** The hit before the opened one in the list, or after it. */
    beside: (step: 1 | -1): Message | undefined => {
      const at = items.value.findIndex(one => keyOf(one) === opened.value)
      return at < 0 ? undefined : items.value[at + step]
    },
  }
})
