import { expect, test } from 'vitest'
import { mayBring } from './rights'

test.each([
  ['member', 'public', false, false, true], ['member', 'public', true, false, false], ['member', 'private', false, false, false],
  ['admin', 'private', false, false, true], ['owner', 'public', true, false, true], ['member', 'public', false, true, false],
] as const)('A %s of a %s room (password: %s, guest: %s) brings people in: %s', (role, visibility, hasPassword, guest, may) => {
  expect(mayBring({ kind: 'group', role, visibility, hasPassword }, guest)).toBe(may)
})

test('Nobody comes into a direct talk', () => {
  expect(mayBring({ kind: 'direct', role: 'owner', visibility: 'private', hasPassword: false }, false)).toBe(false)
})
