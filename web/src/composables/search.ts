// How names are found while somebody types: without case and marks, by parts, and in Korean by initial consonants (ㄱㅁㅈ finds 김민지) and
// while a syllable grows (기 finds 김) as well.

const firstSyllable = 0xAC00
const syllables = 11_172
const perInitial = 588   // syllables that begin with the same consonant
const firstInitial = 0x1100

/** A text as it is compared. Jamo of the keyboard, as they stand between two strokes, become those of syllables. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFC')
}

/** How well a name fits a query: 3 begins with it, 2 a word does, 1 it is within, 0 not at all. */
export function fit(name: string, query: string): 0 | 1 | 2 | 3 {
  const wanted = folded(query.trim())
  return wanted === '' ? 1 : foldedFit(folded(name), wanted)
}

/** Whether a name is meant by its beginning or that of a word. Korean names have no space before the given name: 민지 means 김민지. */
export function begins(name: string, query: string): boolean {
  const wanted = folded(query.trim())
  return wanted === '' || foldedBegins(folded(name), wanted)
}

export function foldedBegins(text: string, wanted: string): boolean {
  const found = foldedFit(text, wanted)
  return found >= 2 || (found === 1 && hangul.test(wanted))
}

function foldedFit(text: string, wanted: string): 0 | 1 | 2 | 3 {
  let best: 0 | 1 | 2 = 0
  for (let at = 0; at + wanted.length <= text.length; at++) {
    if (!standsAt(text, at, wanted)) continue
    if (at === 0) return 3
    if (best < 2) best = /[\s._@(-]/.test(text.charAt(at - 1)) ? 2 : 1
  }
  return best
}

function standsAt(text: string, start: number, wanted: string): boolean {
  for (let at = 0; at < wanted.length; at++) {
    const typed = wanted.charCodeAt(at)
    const real = text.charCodeAt(start + at)
    if (typed === real || typed === initialOf(real)) continue
    // The last syllable may be on its way: its letters are the first ones of the real syllable.
    if (at === wanted.length - 1 && typed >= firstSyllable && grows(typed, real)) continue
    return false
  }
  return true
}

function initialOf(syllable: number): number | undefined {
  const place = syllable - firstSyllable
  return place >= 0 && place < syllables ? firstInitial + Math.floor(place / perInitial) : undefined
}

const letters = (syllable: number) => String.fromCharCode(syllable).normalize('NFD')
const grows = (typed: number, real: number) => letters(real).startsWith(letters(typed))
const hangul = /[\u1100-\u11FF\uAC00-\uD7A3]/
