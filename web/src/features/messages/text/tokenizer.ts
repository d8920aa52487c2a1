import { Tokenizer, type Tokens } from 'marked'

/** How deep quotes and lists lie in each other, and emphasis in emphasis, before the rest is text as typed. */
export const mostBlocks = 6
export const mostInlines = 12
/** How many signs of emphasis are looked at; each may look through the whole text. The others are text as typed. */
export const mostSigns = 300

/** What an address begins with. Asked first: the lexer looks for mail addresses through all that could be a name. */
const address = /^(?:https?:\/\/|www\.|[^\s@]{1,64}@)/i

/** Between the host of an address and what follows it without a space, as Korean particles do: example.com에서 */
const hostEnd = /^(?:https?:\/\/|www\.)[\w.-]*\w(?=[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/iu

const reach = 600

/** The next words: the lexer looks for a mail address to the end of what it gets, at each sign. Texts in a row become one again. */
function near(src: string): string {
  if (src.length <= reach) return src
  const space = src.lastIndexOf(' ', reach)
  return src.slice(0, space > 0 ? space : reach)
}

/**
 * What chat has of Markdown: no headings, tables, HTML, rules, references or code by indentation, which stay text as typed.
 * Depth is bounded. `steps` counts what was tried, for the tests of what a hostile text costs.
 */
export class ChatTokenizer extends Tokenizer {
  steps = 0
  /** Signs of emphasis that were looked at. */
  tried = 0
  private blocks = 0
  private inlines = 0

  override heading(): undefined { return undefined }
  override lheading(): undefined { return undefined }
  override hr(): undefined { return undefined }
  override code(): undefined { return undefined }
  override html(): undefined { return undefined }
  override tag(): undefined { return undefined }
  override def(): undefined { return undefined }
  override table(): undefined { return undefined }
  override reflink(): undefined { return undefined }

  override blockquote(src: string): Tokens.Blockquote | undefined { return this.block(() => super.blockquote(src)) }
  override list(src: string): Tokens.List | undefined { return this.block(() => super.list(src)) }

  override link(src: string): Tokens.Link | Tokens.Image | undefined { return this.inline(() => super.link(src)) }

  override emStrong(src: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    return this.sign(() => super.emStrong(src, masked, before))
  }

  override del(src: string, masked: string, before?: string): Tokens.Del | undefined {
    return this.sign(() => super.del(src, masked, before))
  }

  override url(src: string): Tokens.Link | undefined {
    if (!address.test(src)) return undefined
    const host = hostEnd.exec(src)?.[0]
    return super.url(host ?? src)
  }

  override inlineText(src: string): Tokens.Text | undefined {
    this.steps++
    return super.inlineText(near(src))
  }

  override paragraph(src: string): Tokens.Paragraph | undefined {
    this.steps++
    return super.paragraph(src)
  }

  private sign<T>(read: () => T | undefined): T | undefined {
    if (this.tried === mostSigns) return undefined
    this.tried++
    return this.inline(read)
  }

  private block<T>(read: () => T | undefined): T | undefined {
    this.steps++
    if (this.blocks === mostBlocks) return undefined
    this.blocks++
    try {
      return read()
    } finally {
      this.blocks--
    }
  }

  private inline<T>(read: () => T | undefined): T | undefined {
    this.steps++
    if (this.inlines === mostInlines) return undefined
    this.inlines++
    try {
      return read()
    } finally {
      this.inlines--
    }
  }
}
