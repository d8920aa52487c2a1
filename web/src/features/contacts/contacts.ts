import { pageOf, readAll, take, type Block, type Contact } from 'maru-client'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { maru } from '@/client'

/** The person's contacts, requests and blocks, live. */
export const useContacts = defineStore('contacts', () => {
  const contacts = shallowRef<readonly Contact[]>([])
  const blocks = shallowRef<readonly Block[]>([])
  const ready = shallowRef(false)
  let reading: Promise<void> | null = null

  function load(): Promise<void> {
    reading ??= (async () => {
      const [people, blocked] = await Promise.all([
        readAll<Contact>(after => take(maru.api.GET('/api/contacts', { params: { query: pageOf(after) } }))),
        readAll<Block>(after => take(maru.api.GET('/api/blocks', { params: { query: pageOf(after) } }))),
      ])
      contacts.value = people
      blocks.value = blocked
      ready.value = true
    })().finally(() => { reading = null })
    return reading
  }

  maru.events.on('contact.changed', event => {
    const others = contacts.value.filter(one => one.user.id !== event.userId)
    const known = contacts.value.find(one => one.user.id === event.userId)
    const user = event.user ?? known?.user
    const { state, nickname } = event
    contacts.value = state && user ? [...others, { user, state, ...(nickname ? { nickname } : {}) }] : others
  })
  maru.events.on('block.changed', event => {
    if (!event.blocked) blocks.value = blocks.value.filter(one => one.user.id !== event.userId)
    else if (ready.value) void load().catch(() => undefined)
  })
  maru.events.on('resumed', () => { if (ready.value) void load().catch(() => undefined) })
  maru.session.on('change', () => {
    if (maru.session.state === 'in') return
    contacts.value = []
    blocks.value = []
    ready.value = false
  })

  const path = (userId: number) => ({ params: { path: { userId } } })
  return {
    contacts, blocks, ready, load,
    accepted: computed(() => contacts.value.filter(one => one.state === 'accepted')
      .toSorted((a, b) => (a.nickname ?? a.user.name).localeCompare(b.nickname ?? b.user.name))),
    incoming: computed(() => contacts.value.filter(one => one.state === 'incoming')),
    outgoing: computed(() => contacts.value.filter(one => one.state === 'outgoing')),
    of: (userId: number) => contacts.value.find(one => one.user.id === userId),
    isBlocked: (userId: number) => blocks.value.some(one => one.user.id === userId),

    ask: (whom: { userId: number } | { handle: string } | { email: string }) =>
      take(maru.api.POST('/api/contacts', { body: whom as never })),
    rename: (userId: number, nickname: string) =>
      take(maru.api.PATCH('/api/contacts/{userId}', { ...path(userId), body: { nickname: nickname || null } })),
    remove: (userId: number) => take(maru.api.DELETE('/api/contacts/{userId}', path(userId))),
    block: (userId: number) => take(maru.api.PUT('/api/blocks/{userId}', path(userId))),
    unblock: (userId: number) => take(maru.api.DELETE('/api/blocks/{userId}', path(userId))),
  }
})

/** Opens the room of the two. */
export async function talkTo(userId: number): Promise<number> {
  const room = await take(maru.api.POST('/api/rooms/direct', { body: { userId } }))
  maru.rooms.learn(room)
  return room.id
}
