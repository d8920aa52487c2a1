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

  /** False: the person went elsewhere meanwhile. */
  async function goTo(seq: number): Promise<boolean> {
    const mine = ++turn
    const to: Target = { seq, align: 'center' }
    if (!live.timeline.has(seq)) {
      scroll.aim(to)
      await live.timeline.jump(seq)
      if (mine !== turn) return false
      live.update()
      await nextTick()
    }
    scroll.go(to)
    return true
  }

  return {
    highlighted,
    glow,
    goTo,
    async jump(seq: number) {
      if (await goTo(seq)) glow(seq)
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
