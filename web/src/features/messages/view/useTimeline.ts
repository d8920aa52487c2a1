import type { Pending, Timeline, Where } from 'maru-client'
import { computed, onScopeDispose, shallowRef } from 'vue'
import { maru } from '@/client'
import { posts } from '@/features/files/posts'

/** ms between two batches of changes. */
const pace = 66

function read(timeline: Timeline) {
  const { items, room, rootMessage, hasOlder, hasNewer, unseen, loading, problem, gone } = timeline
  return { items, room, rootMessage, hasOlder, hasNewer, unseen, loading, problem, gone }
}

/** A room's messages, or with `root` the thread of one of them, for the screen: what changes within a frame is one change. */
export function useTimeline(roomId: number, root: number | null, where: Where) {
  const timeline = maru.timeline(roomId, root)
  const state = shallowRef(read(timeline))
  const pending = shallowRef<readonly Pending[]>(waiting())
  let frame = 0
  let updatedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function waiting(): readonly Pending[] {
    const all = [...maru.outbox.of(roomId), ...posts.of(roomId).map(post => post.pending)]
    return root === null ? all : all.filter(one => one.replyTo === root)
  }

  function update() {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    frame = 0
    timer = undefined
    updatedAt = performance.now()
    state.value = read(timeline)
    pending.value = waiting()
  }

  function changed() {
    if (frame || timer) return
    // A hidden page draws no frames.
    if (document.hidden) timer = setTimeout(update, 250)
    // What comes after a rest shows in the next frame; of a flood as much as comes between two batches at a time.
    const wait = updatedAt + pace - performance.now()
    if (wait > 0) timer ??= setTimeout(soon, wait)
    else if (!timer) soon()
  }

  function soon() {
    timer = undefined
    frame = requestAnimationFrame(update)
  }

  const waits = (id: number) => { if (id === roomId) changed() }
  const stops = [timeline.on('change', changed), maru.outbox.on('change', waits), posts.on('change', waits)]
  const release = root === null ? maru.rooms.hold(roomId) : undefined
  const ready = timeline.open(where).then(update)
  onScopeDispose(() => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    for (const stop of stops) stop()
    release?.()
    timeline.close()
  })

  return {
    timeline, state, pending, update, ready,
    room: computed(() => state.value.room),
    gone: computed(() => state.value.gone),
    /** The first page is not there yet. */
    empty: computed(() => state.value.room === null || (root !== null && state.value.rootMessage === null)),
  }
}

export type LiveTimeline = ReturnType<typeof useTimeline>
