import { expect, test } from 'vitest'
import { has, isEnough, isNothing, isWithin, localDay, paramsOf, without, type Filters } from './query'

const ben = { id: 2, handle: 'ben', name: 'Ben' }
const pier = { id: 17, name: 'Pier' }

test('Chips become operators, and the room a parameter of its own', () => {
  const filters: Filters = { from: ben, room: pier, file: true, link: true, mentions: true }
  expect(paramsOf({ text: ' tide ', filters })).toEqual({ q: 'from:@ben has:file has:link mentions:me tide', roomId: '17' })
  expect(paramsOf({ text: 'tide', filters: {} })).toEqual({ q: 'tide' })
})

test('A quotation mark that is still open takes no chip with it', () => {
  expect(paramsOf({ text: '"good night', filters: { from: ben } }).q).toBe('from:@ben "good night')
})

test('Operators that were typed stay as they are', () => {
  expect(paramsOf({ text: 'from:@haru -tide in:3 before:2026-11-20', filters: {} }).q).toBe('from:@haru -tide in:3 before:2026-11-20')
})

test('A consonant that begins the next syllable does not hide what is found already', () => {
  expect(paramsOf({ text: '도시ㄹ', filters: {} }).q).toBe('도시')
  expect(paramsOf({ text: 'ㄷㅅㄹ', filters: {} }).q).toBe('ㄷㅅㄹ')
  expect(paramsOf({ text: '도시 ㄹ', filters: {} }).q).toBe('도시 ㄹ')
})

test('Days are asked for as far as UTC’s touch them, and looked at by the person’s clock', () => {
  const filters: Filters = { since: '2026-11-20', until: '2026-11-20' }
  const { q } = paramsOf({ text: 'x', filters })
  const [after, before] = [/after:(\S+)/.exec(q)![1]!, /before:(\S+)/.exec(q)![1]!]
  const [first, last] = [new Date(2026, 10, 20), new Date(2026, 10, 20, 23, 59, 59, 999)]
  expect(Date.parse(after)).toBeLessThanOrEqual(first.getTime())
  expect(Date.parse(before)).toBeGreaterThan(last.getTime())
  expect(Date.parse(before) - Date.parse(after)).toBeLessThanOrEqual(2 * 86_400_000)
  const inside = (time: Date) => isWithin(time.toISOString(), filters)
  expect([inside(first), inside(last)]).toEqual([true, true])
  expect([inside(new Date(first.getTime() - 1)), inside(new Date(last.getTime() + 1))]).toEqual([false, false])
  expect(isWithin('2020-01-01T00:00:00Z', {})).toBe(true)
})

test('A room and days alone are no search', () => {
  expect(isEnough({ text: ' ', filters: { room: pier, since: '2026-11-20' } })).toBe(false)
  for (const text of ['in:', 'in:general', ' IN:"Harbour crew" after:2026-11-20', 'in:"Harbour cr', 'before:2026'])
    expect(isEnough({ text, filters: { room: pier } }), text).toBe(false)
  for (const text of ['x', 'in:general x', 'x in:"Harbour crew"', 'in:"Harbour crew"x', '"in: x"', '-in:x', 'begin:x', 'from:@ann'])
    expect(isEnough({ text, filters: {} }), text).toBe(true)
  for (const filters of [{ from: ben }, { file: true }, { link: true }, { mentions: true }] as Filters[])
    expect(isEnough({ text: '', filters })).toBe(true)
  expect([isNothing({ text: ' ', filters: {} }), isNothing({ text: '', filters: { until: '2026-11-20' } })]).toEqual([true, false])
})

test('The chip of the days has both of them', () => {
  const filters: Filters = { since: '2026-11-01', until: '2026-11-20', file: true }
  expect([has(filters, 'dates'), has(filters, 'file'), has(filters, 'from')]).toEqual([true, true, false])
  expect(without(filters, 'dates')).toEqual({ file: true })
  expect(without(filters, 'file')).toEqual({ since: '2026-11-01', until: '2026-11-20' })
})

test('Days ago are counted by the calendar', () => {
  expect(localDay(0, new Date(2026, 10, 1))).toBe('2026-11-01')
  expect(localDay(1, new Date(2026, 10, 1))).toBe('2026-10-31')
})
