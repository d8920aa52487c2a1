import { Lexer, type Token, type Tokens } from 'marked'
import { address, honestHost } from './links'
import { Marks } from './marks'
import type { Block, Inline, Span } from './nodes'
import { simpleBlocks } from './simple'
import { ChatTokenizer } from './tokenizer'

/** Spaces that nobody types; the lexer looks through a run of them again and again. */
const wide = /[ \t]{300}/

/** What a text of a message is made of. It takes whatever people type; what it does not know stays as typed. */
export function parse(text: string, spans: readonly Span[] = [], tokenizer = new ChatTokenizer()): Block[] {
  const marks = new Marks(text, spans)
  if (wide.test(marks.source)) return simpleBlocks(marks)
  try {
    return new Reader(marks).blocks(new Lexer({ gfm: true, breaks: true, tokenizer }).lex(marks.source))
  } catch {
    return [{ kind: 'paragraph', gap: false, children: marks.nodes(marks.source) }]   // beyond the lexer's own bounds
  }
}

class Reader {
  constructor(private readonly marks: Marks) {}

  blocks(tokens: readonly Token[]): Block[] {
    const blocks: Block[] = []
    let gap = false
    for (const token of tokens) {
      if (token.type === 'space') {
        gap = blocks.length > 0
        continue
      }
      const block = this.block(token, gap)
      if (block) blocks.push(block)
      gap = token.raw.slice(token.raw.trimEnd().length).split('\n').length > 2
    }
    return blocks
  }

  private block(token: Token, gap: boolean): Block | undefined {
    switch (token.type) {
      case 'blockquote':
        return { kind: 'quote', blocks: this.blocks((token as Tokens.Blockquote).tokens) }
      case 'list': {
        const list = token as Tokens.List
        const items = list.items.map(item => this.blocks(item.tokens))
        return list.start === '' ? { kind: 'list', items } : { kind: 'list', start: list.start, items }
      }
      case 'code': {
        const code = token as Tokens.Code
        return { kind: 'code', language: /^[\w+#.-]{1,20}/.exec(code.lang ?? '')?.[0] ?? '', text: this.marks.plain(code.text) }
      }
      case 'checkbox':
        return undefined   // its item has it as text
      default: {
        const children = 'tokens' in token && token.tokens ? this.inlines(token.tokens) : this.marks.nodes(token.raw)
        return children.length > 0 ? { kind: 'paragraph', gap, children } : undefined
      }
    }
  }

  private inlines(tokens: readonly Token[], inLink = false): Inline[] {
    return tokens.flatMap(token => this.inline(token, inLink))
  }

  private inline(token: Token, inLink: boolean): Inline[] {
    switch (token.type) {
      case 'strong':
      case 'em':
      case 'del':
        return [{ kind: token.type, children: this.inlines(token.tokens ?? [], inLink) }]
      case 'codespan':
        return [{ kind: 'code', children: this.marks.nodes((token as Tokens.Codespan).text) }]
      case 'br':
        return [{ kind: 'br' }]
      case 'link':
      case 'image':
        return inLink ? this.marks.nodes(token.raw) : this.link(token as Tokens.Link | Tokens.Image)
      case 'escape':
      case 'text':
        return 'tokens' in token && token.tokens ? this.inlines(token.tokens, inLink) : this.lines((token as Tokens.Text).text)
      default:
        return this.lines(token.raw)
    }
  }

  private link(token: Tokens.Link | Tokens.Image): Inline[] {
    const href = address(this.marks.plain(token.href))
    if (!href) return this.marks.nodes(token.raw)
    const children = token.type === 'image' || token.tokens.length === 0
      ? [{ kind: 'text' as const, text: this.marks.plain(token.text) || href }]
      : this.inlines(token.tokens, true)
    const host = honestHost(href, plainText(children))
    return [host ? { kind: 'link', href, host, children } : { kind: 'link', href, children }]
  }

  /** Breaks that the lexer left in a text, as in blocks that it did not take for such. */
  private lines(text: string): Inline[] {
    if (!text.includes('\n')) return this.marks.nodes(text)
    return text.split('\n').flatMap((line, at) => at === 0 ? this.marks.nodes(line) : [{ kind: 'br' as const }, ...this.marks.nodes(line)])
  }
}

/** The letters alone. */
export function plainText(nodes: readonly Inline[]): string {
  return nodes.map(node => {
    if (node.kind === 'br') return '\n'
    return 'children' in node ? plainText(node.children) : node.text
  }).join('')
}
