import { expect, test } from 'vitest'
import { isQuiet, tomorrow } from './quiet'

test('Do not disturb ends by its time', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  expect(isQuiet({ doNotDisturb: '2026-11-20T12:00:01.000Z' }, now)).toBe(true)
  expect(isQuiet({ doNotDisturb: '2026-11-20T12:00:00.000Z' }, now)).toBe(false)
  expect(isQuiet({ doNotDisturb: true }, now)).toBe(true)
  expect(isQuiet({ doNotDisturb: false }, now)).toBe(false)
  expect(isQuiet(null, now)).toBe(false)
})

test('Until tomorrow is eight in the morning, also on the last day of a year', () => {
  const end = tomorrow(new Date(2026, 11, 31, 23, 59))
  expect([end.getFullYear(), end.getMonth(), end.getDate(), end.getHours()]).toEqual([2027, 0, 1, 8])
})
