const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The characters as people see them. */
export function* graphemes(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment
}
