import { take, type components } from 'maru-client'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { maru } from '@/client'
import { joined, type Point } from './charts'

export type NodeStatus = components['schemas']['NodeStatus']

const every = 5000

/** The nodes and the points of one of them, asked for every five seconds while the page is looked at. */
export function useNodes() {
  const nodes = shallowRef<readonly NodeStatus[]>()
  const measured = ref(true)
  const failed = shallowRef<unknown>(null)
  const chosen = ref('')
  const points = shallowRef<readonly Point[]>([])
  const node = computed(() => nodes.value?.find(one => one.id === chosen.value))
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  async function loadPoints() {
    const id = chosen.value
    if (!id) return
    const after = points.value.at(-1)?.number
    const { items } = await take(maru.api.GET('/api/admin/nodes/{nodeId}/points', {
      params: { path: { nodeId: id }, query: after === undefined ? {} : { after: String(after) } },
    }))
    if (id === chosen.value && items.length > 0) points.value = joined(points.value, items)
  }

  async function load() {
    clearTimeout(timer)
    try {
      if (!document.hidden) {
        const list = await take(maru.api.GET('/api/admin/nodes'))
        nodes.value = list.items
        measured.value = list.measured
        if (!list.items.some(one => one.id === chosen.value))
          chosen.value = (list.items.find(one => one.asked) ?? list.items[0])?.id ?? ''
        else await loadPoints()
      }
      failed.value = null
    } catch (error) {
      failed.value = error
    }
    if (!over) timer = setTimeout(load, every)
  }

  watch(chosen, () => {
    points.value = []
    loadPoints().catch(error => { failed.value = error })
  })
  void load()
  const wake = () => { if (!document.hidden) void load() }
  document.addEventListener('visibilitychange', wake)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', wake)
  })

  return { nodes, measured, failed, chosen, points, node, load }
}
