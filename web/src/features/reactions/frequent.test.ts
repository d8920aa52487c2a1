import { expect, it } from 'vitest'
import { Frequent } from './frequent'

const storage = (value: string | null = null) => ({
  value,
  getItem() { return this.value },
  setItem(_: string, next: string) { this.value = next },
})

it('begins with what everybody uses', () => {
  expect(new Frequent(storage()).top(3)).toEqual(['👍', '❤️', '😂'])
})
it('puts first what is used most, and keeps it', () => {
  const kept = storage()
  const frequent = new Frequent(kept)
  frequent.use('🐈')
  frequent.use('🐈')
  frequent.use('🎉')
  expect(frequent.top(3)).toEqual(['🐈', '🎉', '👍'])
  expect(new Frequent(kept).top(1)).toEqual(['🐈'])
})
it('stays bounded, and bears what others left in the storage', () => {
  const frequent = new Frequent(storage('[1,{"emoji":2},null]'))
  for (let at = 0; at < 200; at++) frequent.use(String(at))
  expect(frequent.top(1000).length).toBeLessThanOrEqual(46)
  expect(new Frequent(storage('{')).top(1)).toEqual(['👍'])
})
