import { expect, test } from 'vitest'
import { handleOf } from './handles'

test.each([
  ['Ann Baker', 'ann.baker'], ['Chloé  Martin', 'chloe.martin'], ['김민지', ''], ['  O\'Neil ', 'o.neil'], ['x'.repeat(50), 'x'.repeat(32)],
])('The handle for %s is %s', (name, handle) => {
  expect(handleOf(name)).toBe(handle)
})
