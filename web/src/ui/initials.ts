const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The letters that stand for a name without a picture: two of a name in Latin letters, one of any other. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/u).filter(word => word.length > 0)
  const first = firstOf(words[0] ?? '?')
  if (words.length < 2 || !/^\p{Script=Latin}/u.test(first)) return first.toUpperCase()
  return (first + firstOf(words[words.length - 1] ?? '')).toUpperCase()
}

function firstOf(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment
  return ''
}

/** One of eight colours, the same for the same id. */
export function hue(id: number): number {
  return Math.abs(Math.imul(id, 2654435761)) % 8
}
