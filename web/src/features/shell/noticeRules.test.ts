import type { RoomSettings } from 'maru-client'
import { expect, test } from 'vitest'
import { wants } from './noticeRules'

const now = Date.parse('2026-11-20T12:00:00Z')
const settings = (notify: RoomSettings['notify'], muteUntil?: string) =>
  ({ settings: { notify, hidden: false, favourite: false, muteUntil } as RoomSettings })

test('A room tells of all, of mentions or of nothing', () => {
  expect(wants({}, false, now)).toBe(true)
  expect(wants(settings('all'), false, now)).toBe(true)
  expect(wants(settings('mentions'), false, now)).toBe(false)
  expect(wants(settings('mentions'), true, now)).toBe(true)
  expect(wants(settings('nothing'), true, now)).toBe(false)
})

test('A muted room tells of nothing, until its time', () => {
  expect(wants(settings('all', '2026-11-20T12:00:01.000Z'), true, now)).toBe(false)
  expect(wants(settings('all', '2026-11-20T12:00:00.000Z'), false, now)).toBe(true)
})
