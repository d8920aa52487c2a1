import { beforeEach, expect, test } from 'vitest'
import { Recents } from './recents'

const recents = new Recents(() => localStorage)
const search = (text: string) => ({ text, filters: {} })
const texts = (userId: number) => recents.of(userId).map(one => one.text)

beforeEach(() => localStorage.clear())

test('The latest stands first, each once, ten at most', () => {
  for (let number = 1; number <= 12; number++) recents.add(1, search(`word ${number}`))
  recents.add(1, search(' Word 7 '))
  expect(texts(1)).toEqual(['Word 7', ...[12, 11, 10, 9, 8, 6, 5, 4, 3].map(number => `word ${number}`)])
})

test('Chips are kept, and make it another search', () => {
  const filters = { from: { id: 2, handle: 'ben', name: 'Ben' }, since: '2026-11-20' }
  recents.add(1, search('tide'))
  recents.add(1, { text: 'tide', filters })
  expect(recents.of(1)).toEqual([{ text: 'tide', filters }, search('tide')])
})

test('One can be removed, and all of them', () => {
  for (const text of ['a', 'b', 'c']) recents.add(1, search(text))
  expect(recents.remove(1, search('b')).map(one => one.text)).toEqual(['c', 'a'])
  recents.clear(1)
  expect(texts(1)).toEqual([])
  expect(localStorage.length).toBe(0)
})

test('Nobody sees those of another person, and nothing of them stays', () => {
  recents.add(1, search('secret'))
  recents.add(2, search('mine'))
  localStorage.setItem('maru.preferences', '{}')
  expect(texts(2)).toEqual(['mine'])
  recents.onlyOf(2)
  expect([texts(1), texts(2)]).toEqual([[], ['mine']])
  recents.onlyOf(undefined)
  expect(Object.keys(localStorage)).toEqual(['maru.preferences'])
})

test('What is there and is not ours is passed over, and a forbidden storage as well', () => {
  localStorage.setItem('maru.searches.1', '[null,7,{"text":"ok","filters":{}},{"text":3},{"text":"x","filters":{"from":{"id":"1"}}}]')
  expect(texts(1)).toEqual(['ok'])
  localStorage.setItem('maru.searches.1', '{')
  expect(texts(1)).toEqual([])
  const forbidden = new Recents(() => { throw new DOMException('no', 'SecurityError') })
  expect(forbidden.add(1, search('x'))).toEqual([search('x')])
  forbidden.onlyOf(1)
})

test('What is no search is not kept', () => {
  recents.add(1, { text: ' ', filters: { room: { id: 1, name: 'Pier' } } })
  expect(texts(1)).toEqual([])
})
