/** A part of an excerpt, and whether it is what was found. */
export interface Part { text: string; found: boolean }
interface Place { start: number; length: number }

const before = 48       // characters that stand before what was found
const beforeInName = 14 // the same in the name of a file
const shownOfName = 26  // at least, on a phone
const length = 220
const context = 1000    // characters before it in which a sign may have begun
const reach = 16        // how far a cut looks for the end of a word

/** Markdown's signs, which a list does without; the groups are what goes. */
const signs = [
  /(```\w*\n?)/g, /^(\s{0,3}(?:>|#{1,6}|[-*+]|\d+\.)\s+)/gm, /(\[)[^\]\n]+(\]\([^)\s]+\))/g,
  /(\*\*|__|~~|`)(?=\S)[^\n]*?\S(\1)/g, /(?<![\p{L}\p{N}*_])([*_])(?=[^\s*_])[^\n]*?[^\s*_]([*_])(?![\p{L}\p{N}*_])/gu,
]

/**
 * The part of a text in which something was found, in one line and without Markdown's signs, cut where words end. The places are the
 * server's, in the text as it was written.
 */
export function excerptOf(text: string, places: readonly Place[]): Part[] {
  const first = places.length > 0 ? Math.min(...places.map(place => place.start)) : 0
  const from = first <= before ? 0 : wordAfter(text, first - before, first)
  const to = from + length >= text.length ? text.length : wordBefore(text, from + length)
  const start = Math.max(0, from - context)
  const hidden = signsOf(text.slice(start, to))
  return partsOf(text, places, from, to, at => hidden[at - start] === 1)
}

/** The name of a file, without its beginning where that would hide what was found. The places are in their order. */
export function excerptOfName(name: string, places: readonly Place[]): Part[] {
  const [first] = places
  const isShown = !first || first.start <= beforeInName || first.start + first.length <= shownOfName
  return partsOf(name, places, isShown ? 0 : wordAfter(name, first.start - beforeInName, first.start), name.length, () => false)
}

function partsOf(text: string, places: readonly Place[], from: number, to: number, isHidden: (at: number) => boolean): Part[] {
  const found = new Uint8Array(text.length)
  for (const { start, length: size } of places) found.fill(1, start, start + size)
  const parts: Part[] = from > 0 ? [{ text: '…', found: false }] : []
  let blank = true
  for (let at = from; at < to; at++) {
    if (isHidden(at) && !found[at]) continue
    const isBlank = /\s/.test(text[at]!)
    if (isBlank && blank) continue
    blank = isBlank
    const last = parts.at(-1)
    if (last && last.found === (found[at] === 1)) last.text += isBlank ? ' ' : text[at]
    else parts.push({ text: isBlank ? ' ' : text[at]!, found: found[at] === 1 })
  }
  if (to < text.length) parts.push({ text: '…', found: false })
  return parts
}

function signsOf(text: string): Uint8Array {
  const hidden = new Uint8Array(text.length)
  for (const pattern of signs) {
    for (const match of text.matchAll(pattern)) {
      const [whole, opens = '', closes = ''] = match
      hidden.fill(1, match.index, match.index + opens.length)
      hidden.fill(1, match.index + whole.length - closes.length, match.index + whole.length)
    }
  }
  return hidden
}

function wordAfter(text: string, from: number, most: number): number {
  const blank = text.slice(from, Math.min(from + reach, most)).search(/\s/)
  return blank >= 0 ? from + blank + 1 : whole(text, from)
}

function wordBefore(text: string, to: number): number {
  const blank = /\s\S*$/.exec(text.slice(to - reach, to))
  return blank ? to - reach + blank.index : whole(text, to)
}

/** Not within what people see as one character. */
function whole(text: string, at: number): number {
  while (at > 0 && /^[\udc00-\udfff\u200d\ufe0f\p{M}]/u.test(text.slice(at, at + 2))) at--
  return at > 0 && /[\udc00-\udfff]/.test(text[at]!) ? at - 1 : at
}
