import { expect, test, vi } from 'vitest'

vi.mock('@/client', () => ({ maru: {} }))
const { muteUntil } = await import('./ownSettings')

test('A mute lasts an hour, eight hours, or until eight the next morning', () => {
  const now = new Date(2026, 10, 30, 22, 15)
  expect(new Date(muteUntil('hour', now))).toEqual(new Date(2026, 10, 30, 23, 15))
  expect(new Date(muteUntil('workday', now))).toEqual(new Date(2026, 11, 1, 6, 15))
  expect(new Date(muteUntil('tomorrow', now))).toEqual(new Date(2026, 11, 1, 8, 0))
})
