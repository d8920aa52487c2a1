import { expect, test } from 'vitest'
import { excerptOf, excerptOfName } from './excerpt'

const place = (text: string, word: string) => ({ start: text.indexOf(word), length: word.length })
const said = (text: string, ...words: string[]) =>
  excerptOf(text, words.map(word => place(text, word))).map(part => part.found ? `[${part.text}]` : part.text).join('')

test('What was found stands out', () => {
  expect(said('오늘 도시락 먹어요', '도시락')).toBe('오늘 [도시락] 먹어요')
  expect(said('The harbour and the tide', 'harbour', 'tide')).toBe('The [harbour] and the [tide]')
  expect(said('Nothing of it')).toBe('Nothing of it')
  expect(excerptOf('', [])).toEqual([])
})

test('A long text is cut around it, where words end', () => {
  const text = `${'lorem ipsum dolor '.repeat(30)}lighthouse ${'sit amet '.repeat(60)}`
  const cut = said(text, 'lighthouse')
  expect(cut).toMatch(/^…(ipsum|dolor|lorem) .*\[lighthouse\] sit amet .*(sit|amet)…$/)
  expect(cut.length).toBeLessThan(240)
})

test('Text without spaces is cut too, and no character in half', () => {
  for (let shift = 0; shift < 8; shift++) {
    const parts = excerptOf(`${'x'.repeat(shift)}${'👨‍👩‍👧'.repeat(40)}東京${'🏳️‍🌈'.repeat(90)}`, [{ start: shift + 40 * 8, length: 2 }])
    const text = parts.map(part => part.text).join('')
    expect(() => encodeURIComponent(text)).not.toThrow()   // half of a pair throws
    expect(parts.find(part => part.found)?.text).toBe('東京')
    expect(text).not.toMatch(/^…[\u200d\ufe0f]/)
  }
})

test('Markdown’s signs go, but for what was found', () => {
  expect(said('## The **tide** is `high`\n\n- see [the table](https://example.org/t)', 'tide')).toBe('The [tide] is high see the table')
  expect(said('call snake_case_name and 2 * 3 * 4', 'snake_case_name')).toBe('call [snake_case_name] and 2 * 3 * 4')
  expect(said('use `**` for bold', '**')).toBe('use [**] for bold')
  expect(said('```ts\nconst tide = 1\n```', 'tide')).toBe('const [tide] = 1 ')
})

test('Lines become one', () => {
  expect(said('one\n\n\n  two\tthree', 'two')).toBe('one [two] three')
})

test('The name of a file shows what was found in it, and keeps its signs', () => {
  const named = (name: string, word: string) =>
    excerptOfName(name, [place(name, word)]).map(part => part.found ? `[${part.text}]` : part.text).join('')
  expect(named('berth_plan_2026.pdf', 'plan')).toBe('berth_[plan]_2026.pdf')
  expect(named('berth plan 2026 — final final v3 (reviewed by everyone).pdf', 'reviewed')).toBe('…final v3 ([reviewed] by everyone).pdf')
  expect(excerptOfName('notes.txt', [])).toEqual([{ text: 'notes.txt', found: false }])
})
