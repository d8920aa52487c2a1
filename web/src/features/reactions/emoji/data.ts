import english from 'emoji-picker-element-data/en/emojibase/data.json?url'
import korean from 'emoji-picker-element-data/ko/cldr-native/data.json?url'
import { shallowRef } from 'vue'
import { EmojiIndex, type RawEmoji } from './emojiIndex'

/** Files of our own server, fetched when somebody first asks for an emoji. English ones have the shortcodes that people know. */
const files = { en: [english], ko: [english, korean] }
type Known = keyof typeof files

const indexes: Partial<Record<Known, Promise<EmojiIndex>>> = {}
/** The one that was loaded last, for those who cannot wait. */
export const emojiIndex = shallowRef<EmojiIndex>()

export function loadEmoji(language: string): Promise<EmojiIndex> {
  const known: Known = language === 'ko' ? 'ko' : 'en'
  const index = indexes[known] ??= read(files[known])
  index.then(loaded => { emojiIndex.value = loaded }, () => { delete indexes[known] })   // offline: the next time asks again
  return index
}

async function read(urls: string[]): Promise<EmojiIndex> {
  const [first, ...others] = await Promise.all(urls.map(async url => {
    const answer = await fetch(url)
    if (!answer.ok) throw new Error(`${answer.status} ${url}`)
    return await answer.json() as RawEmoji[]
  }))
  return new EmojiIndex(first ?? [], others)
}
