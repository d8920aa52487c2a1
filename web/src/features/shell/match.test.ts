import { expect, test } from 'vitest'
import { score } from './match'

test.each([
  ['Harbour crew', 'har', 4], ['Harbour crew', 'crew', 3], ['Harbour crew', 'bour', 2],
  ['Harbour crew', 'hcw', 1], ['Harbour crew', 'xyz', 0], ['Harbour crew', 'HARBOUR CREW', 5], ['Chloé Martin', 'chloe', 4],
  ['Ｆｕｌｌ', 'full', 5], ['ann.baker', 'baker', 3], ['Harbour', '', 1],
])('%s fits %s: %d', (text, query, expected) => {
  expect(score(text, query)).toBe(expected)
})

test.each([
  ['서울 오피스', 'ㅅㅇ'], ['서울 오피스', 'ㅇㅍㅅ'], ['서울 오피스', '서ㅇ'], ['서울 오피스', '서우'], ['서울 오피스', '성'], ['서울 오피스', '서울오'],
  ['서류 정리', '설'], ['달걀', '닭'], ['값', 'ㄱ'], ['국수 모임', 'ㄱㅅ'], ['국수 모임', 'ㄳ'], ['김민지', 'ㄱㅁㅈ'], ['김민지', '민'], ['독서 모임', '모'],
])('%s fits %s', (text, query) => {
  expect(score(text, query)).toBeGreaterThan(0)
})

test.each([['서울 오피스', 'ㅇㅅㅅ'], ['서울', '소'], ['김민지', '김ㅈㅁ'], ['서울', '성남']])('%s does not fit %s', (text, query) => {
  expect(score(text, query)).toBe(0)
})
