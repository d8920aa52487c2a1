import { expect, test } from 'vitest'
import { rightsOver } from './rights'

const may = (rights: object) => Object.entries(rights).filter(([, yes]) => yes).map(([name]) => name)

test.each([
  ['owner', 'member', ['promote', 'handOver', 'remove', 'ban']],
  ['owner', 'admin', ['demote', 'handOver', 'remove', 'ban']],
  ['admin', 'member', ['remove', 'ban']],
  ['admin', 'admin', []],
  ['admin', 'owner', ['follow']],
  ['member', 'owner', []],
  ['member', 'member', []],
] as const)('A room’s %s may with a %s: %s', (mine, theirs, expected) => {
  expect(may(rightsOver(mine, 1, { id: 2, role: theirs }))).toEqual(expected)
})

test('Nobody does anything with themselves, and a guest gets no role', () => {
  expect(may(rightsOver('owner', 1, { id: 1, role: 'admin' }))).toEqual([])
  expect(may(rightsOver('owner', 1, { id: 2, role: 'member', guest: true }))).toEqual(['remove', 'ban'])
})
