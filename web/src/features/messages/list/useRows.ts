import { nextTick, ref, shallowRef, watch, type Ref } from 'vue'
import { maru } from '@/client'
import type { LiveTimeline } from '../view/useTimeline'
import { rowsOf, shiftOf, type Row } from './rows'

export interface RowChange {
  /** All rows are others: the list begins anew. */
  replaced: boolean
  /** Rows that came at the end. */
  appended: number
}

/**
 * The rows of a timeline, as the virtual list wants them: it can take a change at the start (`shift`) or one at the end at a time, and a
 * change of all rows as a new list (`epoch`).
 */
export function useRows(live: LiveTimeline, unreadFrom: Ref<number | null>) {
  const me = maru.session.user?.id ?? 0
  const rows = shallowRef<Row[]>([])
  let changed: (change: RowChange) => void = () => {}
  const shift = ref(false)
  const epoch = ref(0)
  let busy = false

  function make(old: readonly Row[]): Row[] {
    const { items, hasOlder } = live.state.value
    const pending = live.state.value.hasNewer ? [] : live.pending.value
    return rowsOf(items, pending, old, { me, unreadFrom: unreadFrom.value, start: items.length > 0 && !hasOlder })
  }

  async function update() {
    if (busy) return
    const old = rows.value
    const now = make(old)
    const moved = shiftOf(old, now)
    if (moved === null) {
      shift.value = false
      if (old.length > 0) epoch.value++
      rows.value = now
      return changed({ replaced: true, appended: 0 })
    }
    if (moved === 0) {
      shift.value = false
      rows.value = now
      return changed({ replaced: false, appended: now.length - old.length })
    }
    // First the start, with the old end; then, in another turn, the end.
    busy = true
    shift.value = true
    const end = moved > 0 ? moved + old.length : old.length + moved
    rows.value = end <= now.length ? now.slice(0, end) : [...now, ...old.slice(old.length - (end - now.length))]
    changed({ replaced: false, appended: 0 })
    await nextTick()
    busy = false
    shift.value = false
    await update()
  }

  watch([live.state, live.pending, unreadFrom], () => void update(), { immediate: true })
  return { rows, shift, epoch, onChange(handler: typeof changed) { changed = handler } }
}
