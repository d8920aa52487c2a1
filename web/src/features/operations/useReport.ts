import { shallowRef, watch } from 'vue'
import type { NodeStatus } from './useNodes'

/** What a node reports of itself, asked for again at each of its points. */
export function useReport<T>(node: () => NodeStatus, ask: (nodeId: string) => Promise<T>) {
  const report = shallowRef<T>()
  const failed = shallowRef<unknown>(null)

  let asked = ''

  watch(() => node().last?.number ?? node().id, async () => {
    const { id } = node()
    if (id !== asked) report.value = undefined   // another node's
    asked = id
    try {
      const found = await ask(id)
      if (id !== node().id) return   // another one was chosen meanwhile
      report.value = found
      failed.value = null
    } catch (error) {
      if (id === node().id) failed.value = error
    }
  }, { immediate: true })

  return { report, failed }
}
