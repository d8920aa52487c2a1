import type { Timeline } from 'maru-client'
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

/** Whether somebody looks at the page: it is on the screen, and the window has the focus. */
export function useLooking(): Readonly<Ref<boolean>> {
  const looking = ref(look())
  function look() { return !document.hidden && document.hasFocus() }
  const update = () => { looking.value = look() }
  for (const event of ['focus', 'blur']) addEventListener(event, update)
  document.addEventListener('visibilitychange', update)
  onScopeDispose(() => {
    for (const event of ['focus', 'blur']) removeEventListener(event, update)
    document.removeEventListener('visibilitychange', update)
  })
  return looking
}

/** What the reading of a room hangs on. */
export interface Seen {
  /** The newest message on the screen; 0: none. */
  seq: number
  /** The room's newest message. */
  newest: number
}

/**
 * Tells the server how far the person has read: up to the newest message that was on the screen while they looked. Keeps the line above
 * what they have not read, which stays until they leave, and goes on where they looked away.
 * @param held whether the person wants the room to stay unread
 */
export function useReading(timeline: Timeline, seen: Ref<Seen>, looking: Readonly<Ref<boolean>>, held: () => boolean) {
  const line = shallowRef<number | null>(null)
  let told = 0
  let away = 0   // the newest message when they looked away
  let begun = false

  function read(seq: number) {
    if (seq <= told) return
    told = seq
    timeline.read(seq)
  }

  watch([seen, looking], ([{ seq }, on]) => {
    if (!begun) return
    if (on && seq > 0 && !held()) read(seq)
  })
  watch(looking, on => { if (!on) away = seen.value.newest })

  return {
    line,
    /** The first page is there. */
    begin() {
      begun = true
      told = timeline.readSeq
      line.value = timeline.firstUnread
      if (looking.value && seen.value.seq > 0 && !held()) read(seen.value.seq)
    },
    /** A message of somebody else came: the line stands above the first that came while nobody looked. */
    came(seq: number) {
      const all = line.value === null || told >= away
      if (!looking.value && all && (line.value === null || line.value <= away)) line.value = seq
    },
    /** The person marked as unread what begins there. */
    back(seq: number) {
      line.value = seq
      told = seq - 1
    },
    /** Everything is read, and the line goes. */
    clear(newest: number) {
      line.value = null
      if (newest > 0) read(newest)
    },
  }
}
