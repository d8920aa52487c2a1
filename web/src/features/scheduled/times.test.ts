import { expect, it } from 'vitest'
import { laterTimes, localMinute } from './times'

const at = (text: string) => laterTimes(new Date(text)).map(one => [one.name, localMinute(one.at)])

it('are an hour, tomorrow and the next Monday', () => {
  expect(at('2026-11-26T22:30:00')).toEqual([
    ['hour', '2026-11-26T23:30'], ['tomorrow', '2026-11-27T09:00'], ['monday', '2026-11-30T09:00'],
  ])
})
it('take the Monday of the next week on a Monday, and name it once on a Sunday', () => {
  expect(at('2026-11-30T08:00:00').at(-1)).toEqual(['monday', '2026-12-07T09:00'])
  expect(at('2026-11-29T08:00:00')).toEqual([['hour', '2026-11-29T09:00'], ['tomorrow', '2026-11-30T09:00']])
})
