import { describe, expect, it } from 'vitest'
import { blocksOf, loadReader, ParseCache } from './cache'
import { emojiOnly } from './emojiOnly'
import { Marks } from './marks'
import type { Block, Inline } from './nodes'
import { parse, plainText } from './parse'
import { isSimple, simpleBlocks } from './simple'
import { ChatTokenizer, mostBlocks, mostInlines, mostSigns } from './tokenizer'

const only = (text: string): Inline[] => {
  const blocks = parse(text)
  expect(blocks).toHaveLength(1)
  return (blocks[0] as Block & { kind: 'paragraph' }).children
}
const t = (text: string) => ({ kind: 'text', text })
const paragraph = (...children: unknown[]) => ({ kind: 'paragraph', gap: false, children })
const links = (blocks: Block[]) => {
  const found: (Inline & { kind: 'link' })[] = []
  const walk = (node: Inline) => {
    if (node.kind === 'link') found.push(node)
    if ('children' in node) node.children.forEach(walk)
  }
  blocks.forEach(block => { if (block.kind === 'paragraph') block.children.forEach(walk) })
  return found
}

describe('what people write', () => {
  it('is bold, italic, struck, code', () => {
    expect(only('**a** *b* ~~c~~ `d`')).toEqual([
      { kind: 'strong', children: [t('a')] }, t(' '), { kind: 'em', children: [t('b')] }, t(' '),
      { kind: 'del', children: [t('c')] }, t(' '), { kind: 'code', children: [t('d')] },
    ])
  })
  it('keeps its lines, and the empty ones between paragraphs', () => {
    expect(only('a\nb')).toEqual([t('a'), { kind: 'br' }, t('b')])
    expect(parse('a\n\nb')).toEqual([paragraph(t('a')), { kind: 'paragraph', gap: true, children: [t('b')] }])
  })
  it('has blocks of code with a language, as typed', () => {
    const text = 'const a = "<b>"\n  // **no**'
    expect(parse(`\`\`\`ts\n${text}\n\`\`\``)).toEqual([{ kind: 'code', language: 'ts', text }])
  })
  it('has quotes and lists within each other', () => {
    expect(parse('> a\n> > b')).toEqual([{ kind: 'quote', blocks: [paragraph(t('a')), { kind: 'quote', blocks: [paragraph(t('b'))] }] }])
    expect(parse('3. a\n   - b\n4. c')).toEqual([{
      kind: 'list', start: 3, items: [[paragraph(t('a')), { kind: 'list', items: [[paragraph(t('b'))]] }], [paragraph(t('c'))]],
    }])
  })
  it.each(['# Not a heading', '<b>no</b> <script>alert(1)</script>', '&amp; &lt;', '| a | b |\n|---|---|\n| 1 | 2 |', '---', '    indented',
    '[a]: http://a.b', 'a\n===', '<!-- x -->', '- [ ] to do'.slice(2)])('leaves as typed: %s', text => {
    expect(parse(text).map(block => block.kind === 'paragraph' ? plainText(block.children) : '?').join('\n').trim()).toBe(text.trim())
  })
})

describe('links', () => {
  it('lead to http, https and mailto alone', () => {
    for (const href of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc', '//evil.com', 'x']) {
      expect(links(parse(`[a](${href}) <${href}>`))).toEqual([])
    }
    expect(links(parse('[a](https://a.b) <mailto:a@b.cd> http://c.de')).map(one => one.href)).toEqual(['https://a.b/', 'mailto:a@b.cd', 'http://c.de/'])
  })
  it('name the real place where the text lies', () => {
    expect(links(parse('[https://bank.com](https://evil.com/x)'))[0]?.host).toBe('evil.com')
    expect(links(parse('[bank.com](https://bank.com.evil.com)'))[0]?.host).toBe('bank.com.evil.com')
    expect(links(parse('https://bank.com@evil.com/'))[0]?.host).toBe('evil.com')
    expect(links(parse('[bank.com](https://www.bank.com/x)'))[0]?.host).toBeUndefined()
    expect(links(parse('https://bank.com/a.html'))[0]?.host).toBeUndefined()
    expect(links(parse('[our site](https://evil.com)'))[0]?.host).toBeUndefined()
    expect(links(parse('[b\u200Bank.com](https://evil.com)'))[0]?.host).toBe('evil.com')
  })
  it('are what an image becomes', () => {
    expect(links(parse('![cat](https://a.b/cat.png)'))).toEqual([{ kind: 'link', href: 'https://a.b/cat.png', children: [t('cat')] }])
  })
  it('end where a Korean particle begins', () => {
    expect(links(parse('www.example.com에서 봐요'))[0]?.href).toBe('http://www.example.com/')
    expect(links(parse('https://ko.wikipedia.org/wiki/서울'))[0]?.href).toBe('https://ko.wikipedia.org/wiki/%EC%84%9C%EC%9A%B8')
  })
})

describe('mentions', () => {
  it('are found by their places, within bold and code too', () => {
    const text = 'Hi **@ben**, `@ben` @all'
    const spans = [{ start: 5, length: 4, userId: 2 }, { start: 14, length: 4, userId: 2 }, { start: 20, length: 4, all: true }]
    const blocks = parse(text, spans)
    expect(blocks).toEqual([paragraph(
      t('Hi '), { kind: 'strong', children: [{ kind: 'mention', text: '@ben', userId: 2 }] }, t(', '),
      { kind: 'code', children: [{ kind: 'mention', text: '@ben', userId: 2 }] }, t(' '), { kind: 'mention', text: '@all' },
    )])
  })
  it('count UTF-16 code units', () => {
    const blocks = parse('😀😀@ben', [{ start: 4, length: 4, userId: 2 }])
    expect(blocks).toEqual([paragraph(t('😀😀'), { kind: 'mention', text: '@ben', userId: 2 })])
  })
  it('do not spoil addresses', () => {
    const text = 'https://a.bc/@ben'
    expect(links(parse(text, [{ start: 13, length: 4, userId: 2 }]))[0]?.href).toBe('https://a.bc/@ben')
  })
  it('bear spans that make no sense, and texts of private characters', () => {
    expect(plainOf(parse('abc', [{ start: 2, length: 9 }, { start: -1, length: 0 }]))).toBe('abc')
    expect(plainOf(parse('\u{F0000}@ben\u{F0001}', [{ start: 2, length: 4, userId: 2 }]))).toBe('\u{F0000}@ben\u{F0001}')
  })
})

const plainOf = (blocks: Block[]): string =>
  blocks.map(block => block.kind === 'paragraph' ? plainText(block.children) : '').join('\n')

describe('hostile texts', () => {
  const most = 16 * 1024
  const fill = (part: string) => part.repeat(Math.floor(most / part.length))
  const depth = (value: unknown): number => Array.isArray(value)
    ? Math.max(0, ...value.map(depth))
    : typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0

  const parts = [
    'a', '> ', '>', '- ', '1. ', '>- ', '1. > - ', '**a ', '*a **b *c ', '_a', '~~a', '[', '![', '[a](', '[a](b', '`a``b', '<', '<a',
    '😀', 'a\u0300\u0301\u0302', '\u202E', 'http://a((((', 'a@b.c ', '\\', '|a|b|\n|-|-|\n', '# a\n', '```\n', '*', '\n', 'a\n',
  ]
  it.each(parts)('are read within bounds of depth and of steps: %j', part => {
    const tokenizer = new ChatTokenizer()
    const blocks = parse(fill(part), [], tokenizer)
    expect(depth(blocks)).toBeLessThanOrEqual(mostBlocks + mostInlines + 3)
    expect(tokenizer.steps).toBeLessThan(8 * most)
  })
  it('look at a bounded number of signs of emphasis, and at no wide run of spaces', () => {
    const text = `**bold** ${fill('_a').slice(20)}`
    const tokenizer = new ChatTokenizer()
    const blocks = parse(text, [], tokenizer)
    expect(plainOf(blocks)).toBe(text.replaceAll('**', ''))
    expect(depth(blocks)).toBeGreaterThan(2)
    expect(tokenizer.tried).toBeLessThanOrEqual(mostSigns)
    const spaces = new ChatTokenizer()
    parse(`**a** x${' '.repeat(16_000)}x`, [], spaces)
    expect(spaces.steps).toBe(0)
  })
  it('are one text again, however long, and keep the addresses in them', () => {
    const text = `${'word '.repeat(500)}https://a.bc/d ${'more '.repeat(300)}! * end`
    const [block] = parse(text)
    expect(plainOf(parse(text))).toBe(text)
    expect(block?.kind === 'paragraph' && block.children.map(one => one.kind)).toEqual(['text', 'link', 'text'])
  })
  it('are bounded where depth is asked for, and lose no letter', () => {
    const stars = `${'*_'.repeat(40)}x${'_*'.repeat(40)}`
    expect(plainOf(parse(stars))).toContain('x')
    expect(depth(parse(stars))).toBeLessThanOrEqual(mostInlines + 3)
    const quotes = JSON.stringify(parse(`${'> '.repeat(100)}end`))
    expect(quotes).toContain('end')
    expect(quotes.match(/"quote"/g)).toHaveLength(mostBlocks)
  })
})

describe('emoji alone', () => {
  it.each([
    ['😀', 1], ['❤️ 🇰🇷', 2], ['👩‍👩‍👧👍🏽1️⃣', 3], ['😀😀😀😀', 0], ['a😀', 0], ['1', 0], ['', 0], ['❤', 1], ['##', 0],
  ] as const)('%s: %i', (text, count) => {
    expect(emojiOnly(text)).toBe(count)
  })
})

describe('texts without any form', () => {
  it.each(['안녕하세요! 조수표는 어디에 있나요?', 'a\nb\n\nc\n \n\nd  \ne', 'Yes. 100% (really): a/b = c & d; "e" #1 | x!', '\n\na\n\n', '😀 🎉', '==='])(
    'are read alike with and without Markdown: %j', text => {
      expect(isSimple(text)).toBe(true)
      expect(simpleBlocks(new Marks(text, []))).toEqual(parse(text))
    })
  it.each(['*a*', '_a_', '~~a~~', '`a`', '[a](b)', '<a@b.cd>', '\\*', 'a@b.cd', 'see HTTPS://a.b', 'www.a.b', 'x\n- a', '> a', ' 1. a', '2) b', '+ c'])(
    'are none of these: %j', text => { expect(isSimple(text)).toBe(false) })
  it('have mentions', () => {
    const spans = [{ start: 3, length: 4, userId: 2 }]
    const marks = new Marks('Hi @ben', spans)
    expect(isSimple(marks.source)).toBe(true)
    expect(simpleBlocks(marks)).toEqual(parse('Hi @ben', spans))
  })
  it('are those of hostile ones too, until the reader is there', () => {
    expect(plainOf(simpleBlocks(new Marks('**a** <b>\n> c', [])))).toBe('**a** <b>\n> c')
  })
})

describe('the cache', () => {
  const blocks = (): Block[] => []
  it('keeps texts, and forgets those used longest ago', () => {
    const cache = new ParseCache(2)
    const first = cache.set('a', blocks())
    cache.set('b', blocks())
    expect(cache.get('a')).toBe(first)
    cache.set('c', blocks())
    expect(cache.count).toBe(2)
    expect(cache.get('a')).toBe(first)
    expect(cache.get('b')).toBeUndefined()
  })
  it('is bounded in characters', () => {
    const cache = new ParseCache(100, 1000)
    for (let at = 0; at < 20; at++) cache.set(`${at}`.padEnd(300, 'x'), blocks())
    expect(cache.count).toBeLessThanOrEqual(3)
  })
  it('shows a text with form as typed until the reader is there, and then reads it once', async () => {
    expect(blocksOf('**bold**')).toEqual([paragraph(t('**bold**'))])
    await loadReader()
    const read = blocksOf('**bold**')
    expect(read).toEqual([paragraph({ kind: 'strong', children: [t('bold')] })])
    expect(blocksOf('**bold**')).toBe(read)
  })
})
