import type { MyRoom } from 'maru-client'
import { expect, test } from 'vitest'
import type { Row } from './arrange'
import { nextRow, typedRow } from './rowKeys'

const room = (id: number, name: string): Row => ({ kind: 'room', key: id, room: { id, name } as MyRoom })
const rows: Row[] = [
  { kind: 'heading', key: 'favourites', label: 'favourites' }, room(1, 'Harbour'),
  { kind: 'heading', key: 'others', label: 'others' }, room(2, 'Books'), room(3, 'Boats'),
  { kind: 'hidden', key: 'hidden', count: 1, open: false },
]
const begins = (name: string, typed: string) => name.toLowerCase().startsWith(typed)

test.each([
  [1, 'ArrowDown', 3], [3, 'ArrowUp', 1], [1, 'ArrowUp', undefined],
  [4, 'ArrowDown', undefined], [4, 'Home', 1], [1, 'End', 4], [1, 'x', undefined],
])('From row %i, %s leads to %s, past headings', (from, key, to) => {
  expect(nextRow(rows, from, key)).toBe(to)
})

test.each([
  [1, 'b', 3], [3, 'b', 4], [4, 'b', 3], [3, 'bo', 3], [3, 'boa', 4], [1, 'x', undefined],
])('From row %i, what is typed (%s) leads to %s', (from, typed, to) => {
  expect(typedRow(rows, from, typed, begins)).toBe(to)
})
