import { nextTick, type Ref } from 'vue'
import type { VListHandle } from 'virtua/vue'
import { fit } from '@/composables/search'
import type { Row } from './arrange'
import { nextRow, typedRow } from './rowKeys'

const pause = 800   // ms after which the next letter begins a new name

/**
 * Arrows, Home and End move between the rooms, letters go to the next one whose name begins so.
 * Rows that are not drawn come into view.
 */
export function useRowKeys(rows: () => readonly Row[], list: Readonly<Ref<VListHandle | null>>) {
  let typed = ''
  let last = 0

  async function focus(at: number): Promise<void> {
    const row = rows()[at]
    if (row?.kind !== 'room') return
    list.value?.scrollToIndex(at, { align: 'nearest' })
    // A row that was not there is drawn a frame or two later, and takes the focus when it was measured.
    for (let frames = 0; frames < 10; frames++) {
      await nextTick()
      const link = document.querySelector<HTMLElement>(`a[data-room="${row.room.id}"]`)
      link?.focus({ preventScroll: true })
      if (link && document.activeElement === link) return
      await new Promise(requestAnimationFrame)
    }
  }

  function key(event: KeyboardEvent): void {
    const link = (event.target as HTMLElement).closest<HTMLElement>('a[data-room]')
    if (!link || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const from = rows().findIndex(row => row.kind === 'room' && String(row.room.id) === link.dataset.room)
    let to = nextRow(rows(), from, event.key)
    if (to === undefined && event.key.length === 1 && event.key !== ' ') {
      typed = event.timeStamp - last > pause ? event.key : typed + event.key
      last = event.timeStamp
      to = typedRow(rows(), from, typed, (name, query) => fit(name, query) >= 2)
    }
    if (to === undefined) return
    event.preventDefault()
    void focus(to)
  }

  return { key, first: () => focus(nextRow(rows(), -1, 'Home') ?? -1) }
}
