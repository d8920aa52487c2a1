import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { EmojiIndex, toned, type RawEmoji } from './emojiIndex'

const read = (name: string) => JSON.parse(readFileSync(`node_modules/emoji-picker-element-data/${name}/data.json`, 'utf8')) as RawEmoji[]
const index = new EmojiIndex(read('en/emojibase'), [read('ko/cldr-native')])
const found = (query: string) => index.search(query).map(one => one.emoji)

it('finds by shortcode, by word and in Korean, also by initial consonants', () => {
  expect(found('thumbsup')[0]).toBe('👍')
  expect(found('cat')).toContain('🐈')
  expect(found('고양이')).toContain('🐈')
  expect(found('ㄱㅇㅇ')).toContain('🐈')
  expect(found(':tada:')[0]).toBe('🎉')
  expect(found('no such thing')).toEqual([])
  expect(index.shortcode('TADA')?.emoji).toBe('🎉')
})
it('names in the language of the last file', () => {
  expect(index.shortcode('tada')?.name).toMatch(/[가-힣]/)
})
it('knows tones of skin', () => {
  const thumb = index.shortcode('thumbsup')
  expect(thumb && toned(thumb, 3)).toBe('👍🏽')
  expect(thumb && toned(thumb, 0)).toBe(thumb?.emoji)
})
