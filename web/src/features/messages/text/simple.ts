import type { Marks } from './marks'
import type { Block, Inline } from './nodes'

/** Signs of which some form is made: emphasis, code, links, escapes, addresses, and what begins a list or a quote. */
const formed = /[*_~`[<\\@]|https?:\/\/|www\.|^[ \t]*(?:[-+>]|\d+[.)])/im

/** Whether a text is nothing but paragraphs, as most that people say. */
export const isSimple = (source: string): boolean => !formed.test(source)

/** The paragraphs of a text, and their lines, as typed. Line by line: an expression that looks for spaces at ends takes n² for n spaces. */
export function simpleBlocks(marks: Marks): Block[] {
  const blocks: Block[] = []
  let open: Inline[] | undefined
  for (const line of marks.source.split('\n')) {
    const nodes = marks.nodes(line.trimEnd())
    if (nodes.length === 0) open = undefined
    else if (open) open.push({ kind: 'br' }, ...nodes)
    else blocks.push({ kind: 'paragraph', gap: blocks.length > 0, children: open = nodes })
  }
  return blocks
}
