import { expect, test } from 'vitest'
import { merge } from './merge'

const list = (...seqs: number[]) => seqs.map(seq => ({ roomId: 1, seq }))

test('What is new stands before what was paged to, which stays', () => {
  expect(merge(list(9, 8, 7), list(8, 7, 6, 5))).toEqual({ items: list(9, 8, 7, 6, 5), keeps: true })
})

test('What went from the page is gone', () => {
  expect(merge(list(8, 6), list(8, 7, 6, 5)).items).toEqual(list(8, 6, 5))
})

test('Without an overlap the page stands alone, and paging begins there', () => {
  expect(merge(list(20, 19), list(8, 7))).toEqual({ items: list(20, 19), keeps: false })
  expect(merge(list(), list(8, 7))).toEqual({ items: [], keeps: false })
})
