import { take } from 'maru-client'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { maru } from '@/client'
import { useRooms } from '@/features/rooms/rooms'

/** What waits for the person, in all rooms and from all people. */
export const useCounts = defineStore('counts', () => {
  const rooms = useRooms()
  const requests = ref(0)
  let asked = 0

  function load() {
    const mine = ++asked
    take(maru.api.GET('/api/contacts', { params: { query: { state: 'incoming', limit: 200 } } }))
      .then(({ items }) => { if (mine === asked) requests.value = items.length }, () => undefined)
  }
  maru.events.on('contact.changed', load)
  maru.events.on('resumed', load)
  maru.session.on('change', () => { requests.value = 0 })

  return {
    requests,
    unread: computed(() => rooms.unread),
    mentions: computed(() => rooms.mentions),
  }
})
