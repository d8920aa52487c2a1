import { pageOf, readAll, take, type MyRoom } from 'maru-client'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { maru } from '@/client'
import { onConnected } from '@/composables/onConnected'
import { useLive } from '@/composables/useLive'

/** Whether a room keeps quiet for the person: muted for a time, or for good. */
export function isMuted({ settings }: MyRoom, now = Date.now()): boolean {
  if (!settings) return false
  return settings.notify === 'nothing' || (settings.muteUntil !== undefined && Date.parse(settings.muteUntil) > now)
}

/** The person's rooms, live. */
export const useRooms = defineStore('rooms', () => {
  const items = useLive(maru.rooms, () => maru.rooms.items, { perFrame: true })
  const state = useLive(maru.rooms, () => maru.rooms.state)
  // The list of rooms comes without those that were hidden before. One that gets a message comes into the list by itself.
  const away = shallowRef<readonly MyRoom[]>([])
  const all = computed(() => {
    const known = new Set(items.value.map(room => room.id))
    return away.value.length === 0 ? items.value : [...items.value, ...away.value.filter(room => !known.has(room.id))]
  })

  async function loadHidden(): Promise<void> {
    away.value = await readAll<MyRoom>(after =>
      take(maru.api.GET('/api/me/rooms', { params: { query: { hidden: true, ...pageOf(after) } } })))
  }
  const without = (roomId: number) => { away.value = away.value.filter(room => room.id !== roomId) }
  maru.events.on('room.removed', event => without(event.roomId))
  maru.events.on('room.settings', event => { if (!event.settings.hidden) without(event.roomId) })
  maru.session.on('change', () => { if (maru.session.state !== 'in') away.value = [] })
  onConnected(() => { if (maru.session.state === 'in') void loadHidden().catch(() => undefined) })

  return {
    items,
    state,
    /** With the hidden ones, which stand last. */
    all,
    find: (roomId: number) => all.value.find(room => room.id === roomId),
    /** Messages that were not read, in the rooms that are not muted. */
    unread: computed(() => items.value.reduce((sum, room) => sum + (isMuted(room) ? 0 : room.unread ?? 0), 0)),
    mentions: computed(() => items.value.reduce((sum, room) => sum + (room.mentions ?? 0), 0)),
  }
})
