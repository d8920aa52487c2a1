import { expect, test } from 'vitest'
import { begins, fit } from './search'

test.each([
  ['김민지', 'ㄱㅁㅈ', 3], ['김민지', 'ㅁㅈ', 1], ['김민지', '김ㅁ', 3], ['김민지', '민지', 1], ['김민지', '박', 0],
  ['김민지', '기', 3], ['김민지', '김미', 3], ['김민지', 'ㅁㄱ', 0], ['까치', 'ㄲ', 3], ['까치', 'ㄱ', 0],
  ['Chloé Martin', 'chloe', 3], ['Chloé Martin', 'MAR', 2], ['Chloé Martin', 'tin', 1], ['Chloé Martin', 'x', 0],
  ['서울 오피스', 'ㅇㅍㅅ', 2], ['anything', '', 1], ['田中春', '春', 1], ['anna.na', 'na', 2],
])('%s by %s: %i', (name, query, expected) => {
  expect(fit(name, query)).toBe(expected)
})

test.each([
  ['Ann Lee', 'an', true], ['Ann Lee', 'le', true], ['Ann Lee', 'nn', false], ['ben.kim', 'kim', true], ['Ann', '', true],
  ['김민수', '민수', true], ['김민수', 'ㅁㅅ', true], ['김'.normalize('NFD') + '민수', '김', true], ['김민수', '박', false],
])('%s begins with %s: %s', (name, query, expected) => {
  expect(begins(name, query)).toBe(expected)
})
