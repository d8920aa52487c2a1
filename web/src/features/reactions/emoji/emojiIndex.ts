import { folded, foldedBegins } from '@/composables/search'

export interface RawEmoji {
  emoji: string
  annotation: string
  tags?: string[]
  shortcodes?: string[]
  group: number
  order: number
  version: number
  skins?: { tone: number; emoji: string; version: number }[]
}

export interface Emoji {
  emoji: string
  /** In the person's language. */
  name: string
  group: number
  shortcodes: readonly string[]
  skins: readonly string[]   // by tone, 1 to 5; empty where it has none
  /** As they are compared. */
  words: readonly string[]
}

/** What systems of the last years can show. */
const newest = 15.1
export const groups = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const

/** All emoji, by group, by shortcode and by words. */
export class EmojiIndex {
  readonly all: readonly Emoji[]
  private readonly byShortcode = new Map<string, Emoji>()

  /** `others` are of further languages: the last one names. */
  constructor(first: readonly RawEmoji[], others: readonly (readonly RawEmoji[])[] = []) {
    const more = others.map(list => new Map(list.map(raw => [raw.emoji, raw])))
    this.all = first
      .filter(raw => raw.version <= newest && raw.group !== 2)
      .sort((a, b) => a.group - b.group || a.order - b.order)
      .map(raw => {
        const same = more.flatMap(map => map.get(raw.emoji) ?? [])
        return {
          emoji: qualified(raw.emoji),
          name: same.at(-1)?.annotation ?? raw.annotation,
          group: raw.group,
          shortcodes: raw.shortcodes ?? [],
          skins: skinsOf(raw),
          words: [raw, ...same].flatMap(wordsOf).map(folded),
        }
      })
    for (const emoji of this.all) for (const code of emoji.shortcodes) if (!this.byShortcode.has(code)) this.byShortcode.set(code, emoji)
  }

  shortcode(code: string): Emoji | undefined {
    return this.byShortcode.get(code.toLowerCase())
  }

  /** Those of which a word begins with what was typed; shortcodes first, for they are what one types. */
  search(query: string, most = 100): Emoji[] {
    const wanted = folded(query.trim()).replace(/^:|:$/g, '')
    if (wanted === '') return []
    const parts = wanted.split(/\s+/)
    const ranked: [number, Emoji][] = []
    for (const emoji of this.all) {
      if (emoji.emoji === query.trim()) return [emoji]
      if (!parts.every(part => emoji.words.some(word => foldedBegins(word, part)))) continue
      const rank = emoji.shortcodes.includes(wanted) ? 0 : emoji.shortcodes.some(code => code.startsWith(wanted)) ? 1 : 2
      ranked.push([rank, emoji])
    }
    return ranked.sort((a, b) => a[0] - b[0]).slice(0, most).map(([, emoji]) => emoji)
  }
}

/** As the standard and the server spell it: without a selector where the character is an emoji by itself. */
const qualified = (emoji: string) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1')

const wordsOf = (raw: RawEmoji) => [...(raw.tags ?? []), ...(raw.shortcodes ?? []), ...raw.annotation.toLowerCase().split(/[\s:,]+/)]

/** One for each tone; what has two people of different tones has more, which are left out. */
const skinsOf = (raw: RawEmoji) => (raw.skins ?? [])
  .filter(skin => typeof skin.tone === 'number')
  .sort((a, b) => a.tone - b.tone)
  .map(skin => qualified(skin.emoji))

/** The emoji in a tone of skin, where it has one. */
export function toned(emoji: Emoji, tone: number): string {
  return tone > 0 ? emoji.skins[tone - 1] ?? emoji.emoji : emoji.emoji
}
