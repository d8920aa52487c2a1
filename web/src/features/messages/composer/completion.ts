import type { Member } from 'maru-client'
import { begins } from '@/composables/search'
import type { Emoji, EmojiIndex } from '@/features/reactions/emoji/emojiIndex'

export type Suggestion =
  | { kind: 'member'; member: Member }
  | { kind: 'all' }
  | { kind: 'emoji'; emoji: Emoji }

/** What is being typed before the caret that could be completed. */
export interface Token { kind: 'mention' | 'emoji'; start: number; query: string }

const most = 8

/** As the server reads mentions: not behind an ASCII letter or digit, as in a mail address, but right behind 안녕. */
export function tokenAt(text: string, caret: number): Token | undefined {
  const before = text.slice(Math.max(0, caret - 50), caret)
  const mention = /(?<![A-Za-z0-9@])@([^\s@:]{0,40})$/u.exec(before)
  if (mention) return { kind: 'mention', start: caret - mention[0].length, query: mention[1] ?? '' }
  const emoji = /(?<![\w:/]):([\p{L}\p{N}_+-]{2,40})$/u.exec(before)
  if (emoji) return { kind: 'emoji', start: caret - emoji[0].length, query: emoji[1] ?? '' }
  return undefined
}

/** Members by the beginning of a name or handle; whose handle it is comes first. */
export function suggestMembers(members: readonly Member[], query: string, all: boolean): Suggestion[] {
  const wanted = query.toLowerCase()
  const found = members
    .filter(member => begins(member.name, wanted) || member.handle.startsWith(wanted))
    .sort((a, b) => Number(b.handle === wanted) - Number(a.handle === wanted) || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(member => ({ kind: 'member' as const, member }))
  return all && 'all'.startsWith(wanted) ? [...found.slice(0, most - 1), { kind: 'all' }] : found
}

export function suggestEmoji(index: EmojiIndex, query: string): Suggestion[] {
  return index.search(query, most).map(emoji => ({ kind: 'emoji', emoji }))
}

/** The text with the suggestion in place of the token, and where the caret comes to. */
export function complete(text: string, caret: number, token: Token, put: string): { text: string; caret: number } {
  const behind = text.slice(caret)
  const gap = token.kind === 'mention' && !/^\s/.test(behind) ? ' ' : ''
  const before = text.slice(0, token.start) + put + gap
  return { text: before + behind, caret: before.length + (token.kind === 'mention' && gap === '' ? 1 : 0) }
}

/** A shortcode that was just closed by a colon becomes its emoji. */
export function closedShortcode(text: string, caret: number, index: EmojiIndex): { start: number; emoji: string } | undefined {
  const typed = /(?<![\w:/]):([a-z0-9_+-]{1,40}):$/i.exec(text.slice(Math.max(0, caret - 50), caret))
  const emoji = typed?.[1] ? index.shortcode(typed[1]) : undefined
  return typed && emoji ? { start: caret - typed[0].length, emoji: emoji.emoji } : undefined
}
