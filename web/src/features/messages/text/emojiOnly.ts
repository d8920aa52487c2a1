import { graphemes } from './graphemes'

// Written as a text: the compiler's target has no flag v yet, the browsers that we take have.
const emoji = new RegExp('^(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic}\\uFE0F?)$', 'v')

/** How many emoji a text is, if it is one to three of them and nothing else; else 0. */
export function emojiOnly(text: string): 0 | 1 | 2 | 3 {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > 120) return 0
  let count = 0
  for (const segment of graphemes(trimmed)) {
    if (/^\s+$/u.test(segment)) continue
    if (!emoji.test(segment) || /^[\d#*©®™]$/u.test(segment) || ++count > 3) return 0
  }
  return count as 1 | 2 | 3
}
