import type { Inline, Span } from './nodes'

/**
 * Markdown moves text about, and tells no places: so each mention is put in as one private character before the text is read,
 * and found again in what comes out, within bold as well.
 */
export class Marks {
  readonly source: string
  private readonly first: number
  private readonly found: { text: string; userId?: number }[] = []

  constructor(text: string, spans: readonly Span[]) {
    this.first = spans.length === 0 ? 0 : freeBlock(text)
    if (this.first === 0) {
      this.source = text
      return
    }
    let source = ''
    let at = 0
    for (const span of [...spans].sort((a, b) => a.start - b.start).slice(0, size)) {
      if (span.start < at || span.length < 1 || span.start + span.length > text.length) continue
      const shown = text.slice(span.start, span.start + span.length)
      source += text.slice(at, span.start) + String.fromCodePoint(this.first + this.found.length)
      this.found.push(span.userId === undefined ? { text: shown } : { text: shown, userId: span.userId })
      at = span.start + span.length
    }
    this.source = source + text.slice(at)
  }

  /** The text with its mentions as nodes. */
  nodes(text: string): Inline[] {
    if (this.found.length === 0) return text ? [{ kind: 'text', text }] : []
    const nodes: Inline[] = []
    let plain = ''
    for (const character of text) {
      const mention = this.of(character)
      if (!mention) {
        plain += character
        continue
      }
      if (plain) nodes.push({ kind: 'text', text: plain })
      plain = ''
      nodes.push({ kind: 'mention', ...mention })
    }
    if (plain) nodes.push({ kind: 'text', text: plain })
    return nodes
  }

  /** The text as it was typed: for addresses and code. */
  plain(text: string): string {
    if (this.found.length === 0) return text
    return Array.from(text, character => this.of(character)?.text ?? character).join('')
  }

  private of(character: string) {
    return this.found[(character.codePointAt(0) ?? 0) - this.first]
  }
}

const size = 64
const base = 0xF0000   // the supplementary private use area

/** The first character of a run of 64 that the text does not have; 0 where it has some of every run. */
function freeBlock(text: string): number {
  const taken = new Set<number>()
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code >= base) taken.add((code - base) >> 6)
  }
  for (let block = 0; block < 1000; block++) if (!taken.has(block)) return base + block * size
  return 0
}
