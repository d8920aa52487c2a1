import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Timeline } from '../src/timeline.js'
import { ann, ben, Script, seqs, settle } from './script.js'

let script: Script
let timeline: Timeline
beforeEach(() => {
  script = new Script()
  timeline = new Timeline(script, 7)
  return () => timeline.close()
})

describe('entries change messages', () => {
  beforeEach(async () => {
    script.say('one', ann)
    script.say('two')
    script.say('three')
    await timeline.open()
  })

  it('in another object, and leave the others as they are', () => {
    const before = timeline.items
    script.edit(2, 'zwei')
    script.tell()
    expect(before[1]?.text).toBe('two')
    expect(timeline.items).not.toBe(before)
    expect(timeline.items[0]).toBe(before[0])
    expect(timeline.items[1]).toMatchObject({ text: 'zwei', unreadBy: 2, editedAt: expect.any(String) })
  })

  it('deletion leaves a tombstone', () => {
    script.react(2, 1)
    script.delete(2)
    script.tell()
    expect(timeline.get(2)).toMatchObject({ text: '', reactions: [], deletedAt: expect.any(String) })
  })

  it('reactions are set, not added, and know the reader', () => {
    script.react(2, 1, 2)
    script.react(2, 2, 1)
    script.tell()
    expect(timeline.get(2)?.reactions).toEqual([{ emoji: '👍', count: 2, mine: true }])
    script.react(2, 1, 1, false)
    script.tell()
    expect(timeline.get(2)?.reactions).toEqual([{ emoji: '👍', count: 1, mine: false }])
    script.react(2, 0, 2, false)
    script.tell()
    expect(timeline.get(2)?.reactions).toEqual([])
  })

  it('replies are counted and shown with what they answer, also when that changes', () => {
    const reply = script.say('answer', ann, { replyTo: 2 })
    script.tell()
    expect(timeline.get(2)?.replies).toBe(1)
    expect(timeline.get(reply)?.quote).toEqual({ seq: 2, text: 'two', sender: ben })
    script.edit(2, 'zwei')
    script.tell()
    expect(timeline.get(reply)?.quote?.text).toBe('zwei')
    script.delete(reply)
    script.tell()
    expect(timeline.get(2)?.replies).toBeUndefined()
  })

  it('a reply to what is not loaded gets its quote', async () => {
    script.messages.delete(1)
    timeline.close()
    timeline = new Timeline(script, 7)
    await timeline.open()
    script.messages.set(1, { ...script.messages.get(2)!, seq: 1, text: 'far back' })
    const reply = script.say('answer', ann, { replyTo: 1 })
    script.tell()
    await settle()
    expect(timeline.get(reply)?.quote?.text).toBe('far back')
  })

  it('polls have the counts of the event, and the reader keeps their vote', () => {
    const options = [{ id: 1, text: 'Noon', votes: 0 }, { id: 2, text: 'Dusk', votes: 0 }]
    const poll = script.say('When?', ann, { kind: 'poll', poll: { options, multiple: false, anonymous: false, voters: 0 } })
    const votes = (noon: number, dusk: number) => [{ id: 1, votes: noon }, { id: 2, votes: dusk }]
    script.change({ type: 'poll.changed', target: poll, options: votes(1, 0), voters: 1, vote: { userId: 1, options: [1] } })
    script.change({ type: 'poll.changed', target: poll, options: votes(1, 1), voters: 2, vote: { userId: 2, options: [2] } })
    script.tell()
    expect(timeline.get(poll)?.poll).toMatchObject({ voters: 2, mine: [1], options: [{ votes: 1 }, { votes: 1 }] })
  })

  it('members come and go, and the room changes', () => {
    const message = { ...script.messages.get(1)!, seq: 4, kind: 'system', text: '', event: 'member.joined', subject: ben }
    script.change({ type: 'member.joined', user: ben, message })
    script.tell()
    expect([timeline.room?.memberCount, timeline.items.length]).toEqual([4, 4])
    const room = { ...timeline.room!, name: 'Port' }
    delete room.role
    script.change({ type: 'room.changed', room, message: { ...message, seq: 5, event: 'room.changed' } })
    script.tell()
    expect(timeline.room).toMatchObject({ name: 'Port', role: 'owner' })
  })

  it('stars and removal are the reader’s own', () => {
    script.personal({ type: 'message.starred', roomId: 7, seq: 2, starred: true })
    expect(timeline.get(2)?.starred).toBe(true)
    script.personal({ type: 'room.removed', roomId: 7 })
    expect(timeline.gone).toBe('removed')
  })
})

describe('readers', () => {
  const unread = () => timeline.items.map((one) => one.unreadBy)

  it('count down what came since the room is open, each reader once', async () => {
    await timeline.open()
    script.say('one', ann)
    script.say('two')
    script.tell()
    expect(unread()).toEqual([2, 2])
    script.notice({ type: 'read', roomId: 7, userId: 2, seq: 2 })
    expect(unread()).toEqual([1, 2])   // Ben does not count for his own
    script.notice({ type: 'read', roomId: 7, userId: 2, seq: 2 })
    script.notice({ type: 'read', roomId: 7, userId: 3, seq: 1 })
    expect(unread()).toEqual([0, 2])
    script.notice({ type: 'read', roomId: 7, userId: 3, seq: 0 })
    expect(unread()).toEqual([1, 2])   // marked as unread
  })

  it('in a direct room are one', async () => {
    script.kind = 'direct'
    script.members = 2
    script.say('one', ann)
    script.say('two', ann)
    await timeline.open()
    script.notice({ type: 'read', roomId: 7, userId: 2, seq: 2 })
    expect(unread()).toEqual([0, 0])
  })

  it('whose position is not known make the screen be read again', async () => {
    vi.useFakeTimers()
    try {
      script.say('one', ann)
      await timeline.open()
      timeline.look(1, 1)
      script.messages.set(1, { ...script.messages.get(1)!, unreadBy: 1 })
      script.notice({ type: 'read', roomId: 7, userId: 2, seq: 1 })
      expect(unread()).toEqual([2])
      await vi.advanceTimersByTimeAsync(3000)
      expect(unread()).toEqual([1])
      const asked = script.queries.length
      await vi.advanceTimersByTimeAsync(60_000)
      expect(script.queries.length).toBe(asked)   // and then it is quiet
    } finally {
      vi.useRealTimers()
    }
  })

  it('whom nobody names make a large room be read again every ten seconds at most', async () => {
    vi.useFakeTimers()
    try {
      script.members = 5000
      script.say('one', ann)
      await timeline.open()
      timeline.look(1, 1)
      for (let at = 0; at < 300; at++) {
        script.notice({ type: 'read', roomId: 7, userId: 100 + at, seq: 1, more: true })
        await vi.advanceTimersByTimeAsync(100)
      }
      expect(script.queries.length - 1).toBeGreaterThanOrEqual(3)
      expect(script.queries.length - 1).toBeLessThanOrEqual(4)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a thread', () => {
  it('takes only what replies to its root, and knows the root', async () => {
    const root = script.say('root', ann)
    await timeline.open()
    const thread = new Timeline(new Proxy(script, { get: (target, name) => name === 'page'
      ? async () => ({ items: [], hasMore: false, lastSeq: script.log.length }) : Reflect.get(target, name) }), 7, root)
    await thread.open()
    script.say('elsewhere')
    const reply = script.say('reply', ben, { replyTo: root })
    script.edit(root, 'the root')
    script.tell()
    expect(seqs(thread)).toEqual([reply])
    expect(thread.rootMessage).toMatchObject({ text: 'the root', replies: 1 })
    thread.close()
  })
})
