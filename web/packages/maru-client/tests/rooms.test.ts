import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { RoomSource } from '../src/room-source.js'
import { RoomList } from '../src/rooms.js'
import type { FeedEvent, Message, MyRoom, Room, UserEvent } from '../src/types.js'

const ben = { id: 2, handle: 'ben', name: 'Ben' }
const start = Date.now() - 250 * 60_000
const at = (minute: number) => new Date(start + minute * 60_000).toISOString()

class Script implements RoomSource {
  rooms = new Map<number, MyRoom>()
  feeds = new Map<number, { after: number; handler: (event: FeedEvent) => void }>()
  asked: string[] = []
  hold: Promise<void> | undefined
  private ownHandler: ((event: UserEvent) => void) | undefined

  async page(after: string | undefined, limit: number) {
    this.asked.push(`page ${after ?? ''}`)
    const all = [...this.rooms.values()].sort((a, b) => (a.lastMessage!.at < b.lastMessage!.at ? 1 : -1))
    const from = Number(after ?? 0)
    const items = all.slice(from, from + limit)
    await this.hold
    return from + limit < all.length ? { items, next: String(from + limit) } : { items }
  }
  async room(roomId: number): Promise<Room> {
    this.asked.push(`room ${roomId}`)
    return this.rooms.get(roomId)!
  }
  async newest(roomId: number) {
    const room = this.rooms.get(roomId)!
    return { items: [room.lastMessage!], hasMore: true, lastSeq: room.lastSeq }
  }
  feed(roomId: number, after: number, handler: (event: FeedEvent) => void) {
    this.feeds.set(roomId, { after, handler })
    return { close: () => void this.feeds.delete(roomId) }
  }
  own(handler: (event: UserEvent) => void) {
    this.ownHandler = handler
  }
  signedOut(handler: () => void) {
    this.out = handler
  }
  out = () => {}
  random = () => 0

  add(id: number, minute: number, more: Partial<MyRoom> = {}) {
    const lastMessage = message(id, 10, minute)
    this.rooms.set(id, { id, kind: 'group', name: `Room ${id}`, description: '', visibility: 'private', hasPassword: false, memberCount: 2,
      lastSeq: 10, history: 'all', role: 'member', readSeq: 10, unread: 0, mentions: 0, lastMessage, ...more })
  }
  say(roomId: number, seq: number, minute: number, text = 'new') {
    const one = { ...message(roomId, seq, minute), text }
    this.rooms.set(roomId, { ...this.rooms.get(roomId)!, lastSeq: seq, lastMessage: one })
    this.feeds.get(roomId)?.handler({ type: 'message.created', roomId, seq, message: one } as FeedEvent)
  }
  personal(event: UserEvent) {
    this.ownHandler?.(event)
  }
}

function message(roomId: number, seq: number, minute: number): Message {
  return { roomId, seq, kind: 'message', sender: ben, text: `m${seq}`, at: at(minute), reactions: [], files: [] }
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const ids = (list: RoomList) => list.items.map((room) => room.id)

let script: Script
let list: RoomList
beforeEach(() => {
  script = new Script()
  list = new RoomList(script)
  return () => script.out()
})

describe('the list of rooms', () => {
  it('is sorted by the last activity, live', async () => {
    for (let id = 1; id <= 5; id++) script.add(id, id)
    await list.load()
    expect(ids(list)).toEqual([5, 4, 3, 2, 1])
    const before = list.items
    script.say(2, 11, 50, 'hello')
    expect(ids(list)).toEqual([2, 5, 4, 3, 1])
    expect(list.items[0]?.lastMessage?.text).toBe('hello')
    expect(list.items[1]).toBe(before[0])
  })

  it('follows the thirty newest, each from where the list has it', async () => {
    for (let id = 1; id <= 80; id++) script.add(id, id)
    await list.load()
    expect(ids(list)).toHaveLength(80)
    expect([...script.feeds.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n + 51))
    expect(script.feeds.get(80)?.after).toBe(10)
  })

  it('reads a room again that moves up from further down, and follows it', async () => {
    for (let id = 1; id <= 60; id++) script.add(id, id)
    await list.load()
    script.say(3, 15, 100, 'from below')
    script.personal({ type: 'unread', roomId: 3, unread: 1, mentions: 1, lastSeq: 15 })
    await settle()
    expect(list.items[0]).toMatchObject({ id: 3, unread: 1, mentions: 1, lastMessage: { text: 'from below' } })
    expect(script.feeds.get(3)?.after).toBe(15)
  })

  it('keeps the number of feeds within bounds', async () => {
    for (let id = 1; id <= 200; id++) script.add(id, id)
    await list.load()
    for (let id = 1; id <= 150; id++) {
      script.say(id, 11, 300 + id)
      script.personal({ type: 'unread', roomId: id, unread: 1, mentions: 0, lastSeq: 11 })
      await settle()
    }
    expect(script.feeds.size).toBeLessThanOrEqual(46)
    const release = list.hold(200)
    expect(script.feeds.has(200)).toBe(true)
    release()
  })

  it('takes counts from the events, also those that come while it is read', async () => {
    script.add(1, 1, { unread: 9 })
    let go = () => {}
    script.hold = new Promise((resolve) => { go = resolve })
    const loading = list.load()
    await settle()
    script.personal({ type: 'unread', roomId: 1, unread: 0, mentions: 0, lastSeq: 10 })
    go()
    await loading
    expect(list.get(1)?.unread).toBe(0)
    script.personal({ type: 'unread', roomId: 1, unread: 4, mentions: 2, lastSeq: 14 })
    expect(list.get(1)).toMatchObject({ unread: 4, mentions: 2 })
  })

  it('knows rooms that come and go, roles and settings', async () => {
    script.add(1, 1)
    await list.load()
    script.add(9, 200)
    const room = script.rooms.get(9)!
    script.personal({ type: 'room.added', roomId: 9, room })
    expect(ids(list)).toEqual([9, 1])
    script.personal({ type: 'room.role', roomId: 9, role: 'admin' })
    expect(list.get(9)?.role).toBe('admin')
    script.personal({ type: 'room.settings', roomId: 1, settings: { notify: 'all', hidden: true, favourite: false } })
    expect(list.get(1)?.settings?.hidden).toBe(true)
    script.say(1, 11, 300)   // its next message brings a hidden room back
    expect(list.get(1)?.settings?.hidden).toBe(false)
    expect(ids(list)).toEqual([1, 9])
    script.personal({ type: 'room.removed', roomId: 9 })
    expect(ids(list)).toEqual([1])
    expect(script.feeds.has(9)).toBe(false)
  })

  it('an edit or a deletion shows in the last message, other entries do not move the room', async () => {
    script.add(1, 1)
    script.add(2, 2)
    await list.load()
    const say = (event: object) => script.feeds.get(1)?.handler(event as FeedEvent)
    say({ type: 'reaction.changed', roomId: 1, seq: 11, target: 10, emoji: '👍', count: 1, userId: 2, added: true })
    say({ type: 'message.edited', roomId: 1, seq: 12, message: { ...message(1, 10, 1), text: 'mended' } })
    expect(ids(list)).toEqual([2, 1])
    expect(list.get(1)).toMatchObject({ lastSeq: 12, lastMessage: { text: 'mended' } })
  })

  it('is read in pages, and is empty after the end of the session', async () => {
    for (let id = 1; id <= 450; id++) script.add(id, id / 10)
    await list.load()
    expect([ids(list).length, script.asked.length]).toEqual([450, 3])
    script.out()
    expect([ids(list).length, list.state, script.feeds.size]).toEqual([0, 'unknown', 0])
  })

  it('is read when connected, and again after a reconnect', async () => {
    vi.useFakeTimers()
    try {
      script.add(1, 1)
      script.personal({ type: 'resumed' })
      await vi.advanceTimersByTimeAsync(3000)
      expect(script.asked).toHaveLength(1)
      script.personal({ type: 'resumed' })
      await vi.advanceTimersByTimeAsync(3000)
      expect(script.asked).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })
})
