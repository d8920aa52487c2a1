import type { Message } from 'maru-client'
import { expect, it } from 'vitest'
import { systemText } from './systemText'

const ann = { id: 1, handle: 'ann', name: 'Ann' }
const ben = { id: 2, handle: 'ben', name: 'Ben' }
const text = (more: Partial<Message>) => systemText({
  roomId: 1, seq: 1, kind: 'system', sender: ann, text: '', at: '2026-01-01T00:00:00Z', reactions: [], files: [], ...more,
}, key => key.replace('messages.item.system.', ''))

it('tells who came, who went, and by whom', () => {
  expect(text({ event: 'member.joined', subject: ann })).toBe('joined')
  expect(text({ event: 'member.joined', subject: ben })).toBe('broughtIn')
  expect(text({ event: 'member.left', subject: ann })).toBe('left')
  expect(text({ event: 'member.left', subject: ben })).toBe('removed')
  expect(text({ event: 'member.left', subject: ben, banned: true })).toBe('banned')
  expect(text({ event: 'room.changed' })).toBe('roomChanged')
  expect(text({ event: 'room.changed', subject: ben })).toBe('roleChanged')
  expect(text({ event: 'of.a.newer.server' })).toBe('somethingHappened')
})
