import type { Message } from 'maru-client'
import type { VirtualizerHandle } from 'virtua/vue'
import { computed, nextTick, ref, type Ref, type ShallowRef } from 'vue'
import { maru } from '@/client'
import { placeOf, type Row } from './rows'

/** What the keys do beyond moving. */
export interface KeyActions {
  reply(message: Message): void
  edit(message: Message): void
  escape(): void
  toEnd(): void
}

const editable = ({ sender, kind, forwardedFrom }: Message) =>
  sender.id === maru.session.user?.id && kind === 'message' && !forwardedFrom
const reaches = (row: Row | undefined) => row?.message !== undefined && row.message.kind !== 'system'

/** The keyboard among messages: one of them has the focus, arrows move it, and the list keeps that one mounted. */
export function useKeys(
  rows: Readonly<ShallowRef<readonly Row[]>>, visible: Readonly<Ref<readonly [number, number]>>,
  list: Readonly<ShallowRef<VirtualizerHandle | null>>, scroller: Readonly<ShallowRef<HTMLElement | null>>, actions: KeyActions,
) {
  /** The seq of the message that has the focus. */
  const active = ref<number | null>(null)
  const index = computed(() => {
    if (active.value === null) return -1
    const at = placeOf(rows.value, active.value)
    return rows.value[at]?.seq === active.value ? at : -1
  })
  const keep = computed(() => index.value >= 0 ? [index.value] : undefined)

  function find(from: number, step: 1 | -1): number {
    for (let at = from; at >= 0 && at < rows.value.length; at += step) if (reaches(rows.value[at])) return at
    return -1
  }

  /** Once: the list's own way would go on to the place as more rows come before it. */
  function reveal(at: number) {
    const element = scroller.value
    if (!element || !list.value) return
    const [top, bottom] = [list.value.getItemOffset(at), list.value.getItemOffset(at) + list.value.getItemSize(at)]
    if (top < element.scrollTop) element.scrollTop = top
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight
  }

  async function focus(at: number) {
    const row = rows.value[at]
    if (!row) return
    active.value = row.seq
    reveal(at)
    // It has to be mounted, and cannot have the focus before it is measured.
    for (let frames = 0; frames < 20 && active.value === row.seq; frames++) {
      await nextTick()
      const element = scroller.value?.querySelector<HTMLElement>(`[data-seq="${row.seq}"]`)
      element?.focus({ preventScroll: true })
      if (element && document.activeElement === element) return element.scrollIntoView({ block: 'nearest' })
      await new Promise(requestAnimationFrame)
    }
  }

  function move(step: 1 | -1, from = index.value) {
    const at = from < 0 ? find(visible.value[1], -1) : find(from + step, step)
    if (at >= 0) void focus(at)
  }

  function page(step: 1 | -1) {
    const size = Math.max(1, visible.value[1] - visible.value[0] - 1)
    const from = index.value < 0 ? visible.value[1] : index.value
    const at = Math.min(rows.value.length - 1, Math.max(0, from + step * size))
    const found = find(at, step)
    void focus(found >= 0 ? found : find(at, step === 1 ? -1 : 1))
  }

  function act(key: string, message: Message | undefined): boolean {
    if (!message || message.deletedAt || message.kind === 'unknown') return false
    if (key === 'r') actions.reply(message)
    else if (key === 'e' && editable(message)) actions.edit(message)
    else return false
    return true
  }

  function pressed(event: KeyboardEvent): boolean {
    switch (event.key) {
      case 'ArrowUp': move(-1); return true
      case 'ArrowDown': move(1); return true
      case 'PageUp': page(-1); return true
      case 'PageDown': page(1); return true
      case 'Home': void focus(find(0, 1)); return true
      case 'End': actions.toEnd(); void focus(find(rows.value.length - 1, -1)); return true
      case 'Escape': actions.escape(); return true
      default: return act(event.key.toLowerCase(), rows.value[index.value]?.message)
    }
  }

  return {
    keep,
    key(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      const { target } = event
      // Keys of buttons and links within a message are theirs; arrows still move.
      const own = target instanceof Element && (target === scroller.value || target.hasAttribute('data-seq'))
      const moves = event.key.startsWith('Arrow') || event.key === 'Escape'
      if (!own && !(moves && target instanceof Element && !target.closest('input, textarea, [role=radio], [role=menu]'))) return
      if (pressed(event)) event.preventDefault()
    },
    focused(event: FocusEvent) {
      const message = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-seq]') : null
      if (message) active.value = Number(message.dataset.seq)
    },
  }
}
