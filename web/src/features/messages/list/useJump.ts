import { nextTick, onScopeDispose, ref } from 'vue'
import type { LiveTimeline } from '../view/useTimeline'
import type { Target } from './useScroll'

const glows = 2400

/** Goes to a message, wherever it is, and shows which one it is. */
export function useJump(live: LiveTimeline, scroll: { go(to: Target): boolean; aim(to: Target): void; toEnd(): void }) {
  const highlighted = ref<number | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0
  onScopeDispose(() => clearTimeout(timer))

  function glow(seq: number) {
    clearTimeout(timer)
    highlighted.value = seq
    timer = setTimeout(() => { highlighted.value = null }, glows)
  }

  return {
    highlighted,
    glow,
    async jump(seq: number) {
      const mine = ++turn
      const to: Target = { seq, align: 'center' }
      if (!live.timeline.has(seq)) {
        scroll.aim(to)
        await live.timeline.jump(seq)
        if (mine !== turn) return
        live.update()
        await nextTick()
      }
      scroll.go(to)
      glow(seq)
    },
    async toNewest() {
      const mine = ++turn
      if (live.state.value.hasNewer) {
        scroll.aim('end')
        await live.timeline.newest()
        if (mine !== turn) return
        live.update()
        await nextTick()
      }
      scroll.toEnd()
    },
  }
}
