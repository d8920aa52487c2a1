import { expect, test } from 'vitest'
import { plain } from './preview'

test.each([
  ['Hello **Ben**, *look* at `this`', 'Hello Ben, look at this'],
  ['> quoted\n\nand said', 'quoted and said'],
  ['1. one\n2. two', 'one two'],
  ['```ts\nlet x = 1\n```', 'let x = 1'],
  ['[here](https://example.org)', 'here'],
  ['snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
  ['안녕하세요 **여러분**', '안녕하세요 여러분'],
])('%s is shown as %s', (text, shown) => {
  expect(plain(text)).toBe(shown)
})
