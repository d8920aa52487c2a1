import { onScopeDispose, watch } from 'vue'
import { useRouter } from 'vue-router'

type Place = number | 'end'
interface List { place(): Place; jump(seq: number): Promise<void>; toNewest(): Promise<void>; goTo(seq: number): Promise<unknown> }

/** A room follows its address to a message; who goes back in the history finds the room where they had left it. */
export function useReturn(seq: () => number | undefined, list: () => List | null): void {
  const router = useRouter()
  const here = () => (history.state as { position?: number } | null)?.position ?? 0
  let position = here()
  let isBack = false
  let left: Place | null = null

  onScopeDispose(router.afterEach(() => {
    isBack = here() < position
    position = here()
  }))
  watch(seq, (to, from) => {
    if (to !== undefined) {
      if (from === undefined) left = list()?.place() ?? null
      return void list()?.jump(to)
    }
    if (!isBack || left === null) return
    void (left === 'end' ? list()?.toNewest() : list()?.goTo(left))
    left = null
  })
}
