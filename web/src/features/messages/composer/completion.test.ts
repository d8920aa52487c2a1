import type { Member } from 'maru-client'
import { describe, expect, it } from 'vitest'
import { EmojiIndex } from '@/features/reactions/emoji/emojiIndex'
import { closedShortcode, complete, suggestMembers, tokenAt } from './completion'

const member = (id: number, handle: string, name: string): Member => ({ id, handle, name, role: 'member', online: false })
const index = new EmojiIndex([{ emoji: '🎉', annotation: 'party', shortcodes: ['tada'], group: 6, order: 1, version: 1 }])
const at = (text: string) => tokenAt(text, text.length)

describe('what is typed', () => {
  it.each([
    ['@', 'mention', ''], ['@an', 'mention', 'an'], ['Hi @an', 'mention', 'an'], ['안녕@김', 'mention', '김'], ['(@ㄱㅁ', 'mention', 'ㄱㅁ'],
    [':ta', 'emoji', 'ta'], ['so :고양', 'emoji', '고양'],
  ])('%s is a %s of %s', (text, kind, query) => {
    expect(at(text)).toMatchObject({ kind, query })
  })
  it.each(['a@b', 'mail me@', ':t', '12:30', 'http://ab', 'a:bc', '@an ', '::ab', '@@'])('%s is nothing', text => {
    expect(at(text)).toBeUndefined()
  })
  it('looks before the caret only', () => {
    expect(tokenAt('@an and more', 3)).toEqual({ kind: 'mention', start: 0, query: 'an' })
    expect(tokenAt('@an and more', 12)).toBeUndefined()
  })
})

describe('members', () => {
  const members = [member(1, 'ann', 'Ann Lee'), member(2, 'minsu', '김민수'), member(3, 'ben', 'Ben Annis')]
  const handles = (query: string, all = false) =>
    suggestMembers(members, query, all).map(one => one.kind === 'member' ? one.member.handle : '@all')
  it('are found by name, handle and initial consonants', () => {
    expect(handles('ann')).toEqual(['ann', 'ben'])
    expect(handles('ㄱㅁㅅ')).toEqual(['minsu'])
    expect(handles('mins')).toEqual(['minsu'])
    expect(handles('zzz')).toEqual([])
  })
  it('are all of them for those who may', () => {
    expect(handles('al', true)).toEqual(['@all'])
    expect(handles('al', false)).toEqual([])
    expect(handles('', true)).toHaveLength(4)
  })
  it('are at most eight', () => {
    expect(suggestMembers(Array.from({ length: 100 }, (_, id) => member(id, `h${id}`, 'Same')), '', true)).toHaveLength(8)
  })
})

describe('what is put in', () => {
  it('has one space behind it, whatever follows', () => {
    expect(complete('Hi @an', 6, { kind: 'mention', start: 3, query: 'an' }, '@ann')).toEqual({ text: 'Hi @ann ', caret: 8 })
    expect(complete('@an there', 3, { kind: 'mention', start: 0, query: 'an' }, '@ann')).toEqual({ text: '@ann there', caret: 5 })
    expect(complete(':ta!', 3, { kind: 'emoji', start: 0, query: 'ta' }, '🎉')).toEqual({ text: '🎉!', caret: 2 })
  })
  it('is the emoji of a shortcode that was closed', () => {
    expect(closedShortcode('yes :tada:', 10, index)).toEqual({ start: 4, emoji: '🎉' })
    expect(closedShortcode('yes :nothing:', 13, index)).toBeUndefined()
    expect(closedShortcode('10:30:', 6, index)).toBeUndefined()
  })
})
