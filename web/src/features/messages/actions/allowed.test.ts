import type { Message, Room } from 'maru-client'
import { describe, expect, it } from 'vitest'
import { allowed } from './allowed'

const room = (more: Partial<Room> = {}): Room => ({
  id: 1, kind: 'group', name: 'R', description: '', visibility: 'private', hasPassword: false, memberCount: 2, lastSeq: 9, history: 'all',
  role: 'member', ...more,
})
const message = (more: Partial<Message> = {}): Message => ({
  roomId: 1, seq: 1, kind: 'message', sender: { id: 1, handle: 'ann', name: 'Ann' }, text: 'Hi', at: '2026-01-01T00:00:00Z',
  reactions: [], files: [], ...more,
})

describe('what may be done with a message', () => {
  it('is as the server decides', () => {
    expect(allowed(message(), room(), true)).toMatchObject({ reply: true, edit: true, remove: true, pin: false })
    expect(allowed(message(), room(), false)).toMatchObject({ reply: true, edit: false, remove: false, react: true, star: true })
    expect(allowed(message(), room({ role: 'admin' }), false)).toMatchObject({ pin: true, remove: true, edit: false })
    expect(allowed(message(), room({ kind: 'direct' }), false)).toMatchObject({ pin: true, remove: false })
  })
  it('is no edit of polls and forwards', () => {
    expect(allowed(message({ kind: 'poll' }), room(), true)).toMatchObject({ edit: false, remove: true, forward: true })
    expect(allowed(message({ forwardedFrom: { sender: message().sender, at: '' } }), room(), true).edit).toBe(false)
  })
  it('is no writing in a room that is read-only, but to its owner', () => {
    expect(allowed(message(), room({ readOnly: true }), true)).toMatchObject({ reply: false, edit: false, remove: true, react: true })
    expect(allowed(message(), room({ readOnly: true, role: 'owner' }), true)).toMatchObject({ reply: true, edit: true })
  })
  it('is taking away previews, for who sent them or leads', () => {
    const linking = message({ previews: [{ url: 'https://example.com/', title: 'Example' }] })
    expect(allowed(linking, room(), true).removePreviews).toBe(true)
    expect(allowed(linking, room(), false).removePreviews).toBe(false)
    expect(allowed(linking, room({ role: 'admin' }), false).removePreviews).toBe(true)
    expect(allowed(message(), room({ role: 'owner' }), true).removePreviews).toBe(false)
  })
  it('is nearly nothing with what is deleted, of the system, or unknown', () => {
    for (const gone of [message({ deletedAt: 'x' }), message({ kind: 'system' }), message({ kind: 'unknown' })]) {
      const may = allowed(gone, room({ role: 'owner' }), true)
      expect(Object.values({ ...may, unread: false })).not.toContain(true)
    }
  })
})
