import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

const said: string[] = []
vi.mock('@/client', () => ({
  maru: { presence: { away: () => said.push('away'), back: () => said.push('back') }, connection: { wake() {} } },
}))
const { useAttention } = await import('./attention')

const minute = 60_000
let scope: ReturnType<typeof effectScope>
beforeEach(() => {
  vi.useFakeTimers()
  said.length = 0
  scope = effectScope()
  scope.run(useAttention)
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

test('five minutes without a move, and nobody is there', () => {
  vi.advanceTimersByTime(5 * minute - 1)
  expect(said).toEqual(['back'])
  vi.advanceTimersByTime(1)
  expect(said).toEqual(['back', 'away'])
  dispatchEvent(new Event('pointermove'))
  expect(said).toEqual(['back', 'away', 'back'])
})

test('moves put it off, and are looked at now and then only', () => {
  for (let second = 0; second < 600; second++) {
    vi.advanceTimersByTime(1000)
    dispatchEvent(new Event('pointermove'))
  }
  expect(said).not.toContain('away')
  expect(said.length).toBeLessThanOrEqual(121)
  scope.stop()
  vi.advanceTimersByTime(60 * minute)
  expect(said).not.toContain('away')
})
