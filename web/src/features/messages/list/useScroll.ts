import type { VirtualizerHandle } from 'virtua/vue'
import { nextTick, onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { LiveTimeline } from '../view/useTimeline'
import { messageAt, placeOf, type Row } from './rows'

/** So near to the end, in px, counts as at the end. */
const near = 48
/** Rows before an end at which the next page is read. */
const ahead = 15
/** So many frames after a row was measured others are expected around the message that the list was sent to: machines differ. */
const settles = 20
/** By these a person takes the list from where it was sent. */
const hands = ['wheel', 'touchstart', 'touchmove', 'pointerdown', 'keydown'] as const
/** What stays above a message that is scrolled to the top, in px. */
const above = 64

export type Target = { seq: number; align: 'start' | 'center' } | 'end'

/**
 * Where the list is: it stays at the end when it is there, reads pages as one comes near to them, and goes to messages. The virtual
 * list's own way to go somewhere is not used: it returns there for as long as rows are measured, also when the person scrolls away.
 */
export function useScroll(
  live: LiveTimeline, rows: Readonly<ShallowRef<readonly Row[]>>, list: Readonly<ShallowRef<VirtualizerHandle | null>>,
  scroller: Readonly<ShallowRef<HTMLElement | null>>, first: Target,
) {
  const atEnd = ref(first === 'end')
  /** The first and the last row that are on the screen. */
  const visible = shallowRef<readonly [number, number]>([0, -1])
  /** Hidden until it is where it should be. */
  const placed = ref(false)
  /** Rows that come or grow leave it at the end: until the person scrolls back, however little. */
  let follows = first === 'end'
  /** The message that it was sent to, until the rows around it are measured. */
  let held: Exclude<Target, 'end'> | null = null
  let settling = 0
  let target: Target | null = first
  let [top, height] = [0, 0]
  let frame = 0

  function stay() {
    const element = scroller.value
    if (!element || !list.value) return
    if (follows) {
      element.scrollTop = Number.MAX_SAFE_INTEGER
      ;({ scrollTop: top, scrollHeight: height } = element)
    } else if (held) {
      hold(element, list.value, held)
      settle()
    }
  }

  function settle() {
    cancelAnimationFrame(settling)
    let left = settles
    const next = () => {
      if (left-- > 0) settling = requestAnimationFrame(next)
      else {
        held = null
        measure()
      }
    }
    next()
  }

  function hold(element: HTMLElement, { getItemOffset, getItemSize }: VirtualizerHandle, { seq, align }: Exclude<Target, 'end'>) {
    const index = Math.min(placeOf(rows.value, seq), rows.value.length - 1)
    const over = align === 'center' ? (element.clientHeight - getItemSize(index)) / 2 : above
    element.scrollTop = getItemOffset(index) - over
  }

  function toEnd() {
    atEnd.value = follows = true
    stay()
  }

  /** Goes to a place, as soon as there are rows. Returns whether the message itself is there. */
  function go(to: Target): boolean {
    target = to
    if (!list.value || !scroller.value || rows.value.length === 0) return false
    target = held = null
    if (to === 'end') {
      toEnd()
      return true
    }
    atEnd.value = follows = false
    held = to
    hold(scroller.value, list.value, to)
    cancelAnimationFrame(settling)
    if (placed.value) settle()   // a new list has all of its rows to measure: however long that takes
    return rows.value[placeOf(rows.value, to.seq)]?.seq === to.seq
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
    // Nor is it the end where it was sent to a message, and the rows below are not measured yet.
    if (!held) {
      if (distance < 2) follows = !live.state.value.hasNewer
      else if (scrollTop < top - 1 && scrollHeight >= height) follows = false
      atEnd.value = distance <= near ? !live.state.value.hasNewer : follows
    }
    top = scrollTop
    height = scrollHeight
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
    top = height = 0
    void place()
  }

  async function changed(appended: number) {
    if (appended !== 0) {
      await nextTick()
      stay()
    }
    soon()
  }

  /** In the next frame, unless a scroll event comes before: then the layout is known, and nothing has to be computed for it. */
  function soon() {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(measure)
  }

  let touched = 0   // where the finger came down
  function taken(event: Event) {
    held = null
    cancelAnimationFrame(settling)
    // A move begins so gently that what comes would end it before it can be measured.
    if (scroller.value!.scrollTop > 0 && goesBack(event)) follows = false
  }

  function goesBack(event: Event): boolean {
    if (event instanceof WheelEvent) return event.deltaY < 0 && !event.ctrlKey
    const finger = 'touches' in event ? (event as TouchEvent).touches[0] : undefined
    if (!finger) return false
    if (event.type === 'touchstart') touched = finger.clientY
    return finger.clientY > touched + 3
  }

  // The window, the composer and a phone's keyboard change the height: the end stays in sight.
  const observer = new ResizeObserver(() => atEnd.value ? toEnd() : stay())
  watch(scroller, (element, old) => {
    if (old) observer.unobserve(old)
    if (!element) return
    observer.observe(element)
    for (const name of hands) element.addEventListener(name, taken, { passive: true })
  }, { immediate: true, flush: 'post' })
  onBeforeUnmount(() => {
    observer.disconnect()
    cancelAnimationFrame(frame)
    cancelAnimationFrame(settling)
  })

  return {
    atEnd: atEnd as Readonly<Ref<boolean>>, visible, placed, go, toEnd, measure, replaced, changed, start: place,
    /** Rows were measured, or one changed its height: the list shows them a turn later. */
    resized: () => void nextTick(stay),
    /** Where to go once the rows of a page that is read are there. */
    aim(to: Target) { target = to },
  }
}
