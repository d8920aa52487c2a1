import type { MyRoom } from 'maru-client'
import { expect, test } from 'vitest'
import { arrange, inOrder } from './arrange'

const room = (id: number, more: Partial<MyRoom> = {}) => ({ id, name: `Room ${id}`, kind: 'group', ...more }) as MyRoom
const settings = (more: object) => ({ settings: { notify: 'all' as const, hidden: false, favourite: false, ...more } })
const keys = (rows: ReturnType<typeof arrange>) => rows.map(row => row.key)

test('Favourites stand first, under a heading of their own', () => {
  expect(keys(arrange([room(1), room(2, settings({ favourite: true })), room(3)], 'all', ''))).toEqual(['favourites', 2, 'others', 1, 3])
})

test('Without favourites there is no heading', () => {
  expect(keys(arrange([room(1), room(3)], 'all', ''))).toEqual([1, 3])
})

test('Hidden rooms stand last, behind a heading that opens, and a name finds them', () => {
  const rooms = [room(1), room(2, settings({ hidden: true, favourite: true })), room(3)]
  expect(keys(arrange(rooms, 'all', ''))).toEqual([1, 3, 'hidden'])
  expect(keys(arrange(rooms, 'all', '', true))).toEqual([1, 3, 'hidden', 2])
  expect(keys(arrange(rooms, 'all', 'room 2'))).toEqual([2])
})

test('With nothing but favourites there is no heading of others', () => {
  expect(keys(arrange([room(1, settings({ favourite: true }))], 'all', ''))).toEqual(['favourites', 1])
})

test('An order that is held stays; what is new stands first', () => {
  const order = new Map([[1, 0], [2, 1], [3, 2]])
  expect(inOrder([room(4), room(3), room(1), room(2)], order).map(one => one.id)).toEqual([4, 1, 2, 3])
})

test('Filters leave out the others', () => {
  const rooms = [room(1, { unread: 2 }), room(2, { kind: 'direct' })]
  expect(keys(arrange(rooms, 'unread', ''))).toEqual([1])
  expect(keys(arrange(rooms, 'direct', ''))).toEqual([2])
  expect(keys(arrange(rooms, 'groups', ''))).toEqual([1])
})

test('By a name, what begins with it stands before what contains it', () => {
  const rooms = [room(1, { name: 'Old harbour' }), room(2, { name: 'Harbour' }), room(3, { name: 'Quay' })]
  expect(keys(arrange(rooms, 'all', 'harb'))).toEqual([2, 1])
})
