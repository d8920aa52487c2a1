import { describe, expect, it } from 'vitest'
import { charts, columns, joined, mostPoints, samples, share, type Point } from './charts'

const point = (number: number, more: Partial<Point> = {}): Point => ({
  number, at: new Date(number * 5000).toISOString(), connections: 0, subscriptions: 0, rooms: 0, cursors: 0, messages: 0, queueBytes: 0,
  queueLimit: 0, memoryUsed: 0, memoryLimit: 0, outboxBytes: 0, refusals: 0, errors: 0, cpu: 0, processBytes: 0, ...more,
})
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => point(from + at))

describe('points', () => {
  it('come once and in order, whatever is asked for twice', () => {
    expect(joined(run(1, 3), run(2, 5)).map(one => one.number)).toEqual([1, 2, 3, 4, 5])
    expect(joined([], run(7, 8)).map(one => one.number)).toEqual([7, 8])
  })

  it('are those of half an hour', () => {
    const all = joined(run(1, mostPoints), run(mostPoints + 1, mostPoints + 10))
    expect(all).toHaveLength(mostPoints)
    expect(all[0]!.number).toBe(11)
  })

  it('are one a minute in the table, the newest first', () => {
    expect(samples(run(1, 30)).map(one => one.number)).toEqual([30, 18, 6])
    expect(samples([])).toEqual([])
  })
})

describe('charts', () => {
  it('have a gap where nothing happened, and milliseconds where something did', () => {
    const durable = charts.find(chart => chart.key === 'durable')!
    expect(columns(durable, [point(1), point(2, { durableP50: 0.002, durableP99: 0.01 })])).toEqual([[5, 10], [null, 2], [null, 10]])
  })

  it('show a share of a bound, and none of no bound', () => {
    expect(share(1, 4)).toBe(25)
    expect(share(1, 0)).toBe(0)
  })
})
