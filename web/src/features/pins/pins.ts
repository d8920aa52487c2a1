import { take, type FeedEvent, type PinnedMessage } from 'maru-client'
import { computed, shallowRef } from 'vue'
import { maru } from '@/client'
import { PinList } from './pinList'

/** The pinned messages of a room, live, while it is one of the last rooms looked at. */
export interface Pins {
  /** The newest pin first. Reactive. */
  readonly items: readonly PinnedMessage[]
  readonly loaded: boolean
  has(seq: number): boolean
}

const rooms = new Map<number, Pins & { close(): void }>()
const most = 8

export function pinsOf(roomId: number): Pins {
  const known = rooms.get(roomId)
  if (known) {
    rooms.delete(roomId)   // the last used ones are kept
    rooms.set(roomId, known)
    return known
  }
  const pins = open(roomId)
  rooms.set(roomId, pins)
  for (const [id, oldest] of rooms) {
    if (rooms.size <= most) break
    oldest.close()
    rooms.delete(id)
  }
  return pins
}

maru.session.on('change', () => {
  if (maru.session.state === 'in') return
  for (const pins of rooms.values()) pins.close()
  rooms.clear()
})

function open(roomId: number) {
  const items = shallowRef<readonly PinnedMessage[]>([])
  const loaded = shallowRef(false)
  const seqs = computed(() => new Set(items.value.map(pin => pin.message.seq)))
  const list = new PinList(async () => (await take(maru.api.GET('/api/rooms/{roomId}/pins', { params: { path: { roomId } } }))).items)
  list.onChange = () => {
    items.value = list.items
    loaded.value = true
  }
  const after = maru.rooms.get(roomId)?.lastSeq
  let gapless = after !== undefined   // of a room that is not known yet the log begins with now, which may be behind what was read
  const feed = maru.feeds.open(roomId, { after }, (event: FeedEvent) => {
    if (event.type === 'live' && !gapless) {
      gapless = true
      void list.load()
    }
    list.apply(event)
  })
  void list.load()
  return {
    get items() { return items.value },
    get loaded() { return loaded.value },
    has: (seq: number) => seqs.value.has(seq),
    close: () => feed.close(),
  }
}
