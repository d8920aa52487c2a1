import type { VirtualizerHandle } from 'virtua/vue'
import { nextTick, onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { LiveTimeline } from '../view/useTimeline'
import { messageAt, placeOf, type Row } from './rows'

/** So near to the end, in px, counts as at the end. */
const near = 48
/** Rows before an end at which the next page is read. */
const ahead = 15
/** While rows are measured, in ms, the list follows a place that it was told to go to. */
const settles = 150
/** What stays above a message that is scrolled to the top, in px. */
const above = 64

export type Target = { seq: number; align: 'start' | 'center' } | 'end'

/** Where the list is: it stays at the end when it is there, reads pages as one comes near to them, and goes to messages. */
export function useScroll(
  live: LiveTimeline, rows: Readonly<ShallowRef<readonly Row[]>>, list: Readonly<ShallowRef<VirtualizerHandle | null>>,
  scroller: Readonly<ShallowRef<HTMLElement | null>>, first: Target,
) {
  const atEnd = ref(first === 'end')
  /** The first and the last row that are on the screen. */
  const visible = shallowRef<readonly [number, number]>([0, -1])
  /** Hidden until it is where it should be. */
  const placed = ref(false)
  let top = 0
  let frame = 0
  let endedAt = 0
  let target: Target | null = first

  function toEnd() {
    atEnd.value = true
    endedAt = performance.now()
    list.value?.scrollTo(Number.MAX_SAFE_INTEGER)
  }

  /** Goes to a place, as soon as there are rows. Returns whether the message itself is there. */
  function go(to: Target): boolean {
    target = to
    const { value } = rows
    if (!list.value || value.length === 0) return false
    target = null
    if (to === 'end') {
      toEnd()
      return true
    }
    const index = Math.min(placeOf(value, to.seq), value.length - 1)
    atEnd.value = false
    list.value.scrollToIndex(index, to.align === 'center' ? { align: 'center' } : { align: 'start', offset: -above })
    return value[index]?.seq === to.seq
  }

  function measure() {
    cancelAnimationFrame(frame)
    const element = scroller.value
    if (!element || !list.value || rows.value.length === 0) return
    const { scrollTop, clientHeight, scrollHeight } = element
    const from = list.value.findItemIndex(scrollTop)
    const to = list.value.findItemIndex(scrollTop + clientHeight - 1)
    if (from !== visible.value[0] || to !== visible.value[1]) visible.value = [from, to]
    const distance = scrollHeight - scrollTop - clientHeight
    // What grows below does not take us from the end, only who scrolls back does.
    if (distance <= near) atEnd.value = !live.state.value.hasNewer
    else if (scrollTop < top - 1) atEnd.value = false
    top = scrollTop
    anchor()
    pages()
  }

  function anchor() {
    const [from, to] = visible.value
    const [start, end] = [messageAt(rows.value, from, to, 1), messageAt(rows.value, to, from, -1)]
    live.timeline.anchor = atEnd.value || start === 0 ? null : start
    if (placed.value && start > 0) live.timeline.look(start, end)
  }

  function pages() {
    const { problem, loading } = live.state.value
    if (!placed.value || problem || loading.replace) return
    const [from, to] = visible.value
    if (from < ahead && !loading.older) void live.timeline.older()
    if (to > rows.value.length - ahead && !loading.newer) void live.timeline.newer()
  }

  async function place() {
    await nextTick()
    if (target) go(target)
    // The list measures itself in the first frame, and is where it should be in the next.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (rows.value.length > 0) placed.value = true
      measure()
    }))
  }

  /** The rows were replaced by others: goes where `to` says, or to what was on the screen. */
  function replaced() {
    if (!target) {
      const seq = live.timeline.anchor
      target = seq === null ? 'end' : { seq, align: 'start' }
    }
    placed.value = false
    top = 0
    void place()
  }

  async function changed(appended: number) {
    if (appended !== 0 && atEnd.value && !live.state.value.hasNewer) {
      await nextTick()
      toEnd()
    }
    soon()
  }

  /** In the next frame, unless a scroll event comes before: then the layout is known, and nothing has to be computed for it. */
  function soon() {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(measure)
  }

  // The window, the composer and a phone's keyboard change the height: the end stays in sight.
  const observer = new ResizeObserver(() => { if (atEnd.value) toEnd() })
  watch(scroller, (element, old) => {
    if (old) observer.unobserve(old)
    if (element) observer.observe(element)
  }, { immediate: true, flush: 'post' })
  onBeforeUnmount(() => {
    observer.disconnect()
    cancelAnimationFrame(frame)
  })

  return {
    atEnd: atEnd as Readonly<Ref<boolean>>, visible, placed, go, toEnd, measure, replaced, changed, start: place,
    /** Rows were measured, or one changed its height. Right after it went to the end the list sees to that itself. */
    resized() { if (atEnd.value && placed.value && performance.now() - endedAt > settles) toEnd() },
    /** Where to go once the rows of a page that is read are there. */
    aim(to: Target) { target = to },
  }
}
