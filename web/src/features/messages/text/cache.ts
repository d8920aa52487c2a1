import { shallowRef } from 'vue'
import { Marks } from './marks'
import type { Block, Span } from './nodes'
import type { parse } from './parse'
import { isSimple, simpleBlocks } from './simple'

/** Texts that were read already, the last used ones. Lists draw the same messages again and again. */
export class ParseCache {
  private readonly kept = new Map<string, Block[]>()
  private size = 0

  constructor(private readonly mostTexts = 600, private readonly mostCharacters = 1_000_000) {}

  get(key: string): Block[] | undefined {
    const known = this.kept.get(key)
    if (!known) return undefined
    this.kept.delete(key)
    this.kept.set(key, known)
    return known
  }

  set(key: string, blocks: Block[]): Block[] {
    if (!this.kept.has(key)) this.size += key.length
    this.kept.set(key, blocks)
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.mostTexts && this.size <= this.mostCharacters) break
      this.kept.delete(oldest)
      this.size -= oldest.length
    }
    return blocks
  }

  get count(): number { return this.kept.size }
}

const cache = new ParseCache()
const reader = shallowRef<typeof parse>()
let loading: Promise<void> | undefined

/** The reader of Markdown is not waited for: rooms show before it is there. */
export function loadReader(): Promise<void> {
  return loading ??= import('./parse').then(
    loaded => { reader.value = loaded.parse },
    () => { loading = undefined },   // offline: the next text asks again
  )
}

/** What a text is made of. Reactive: until the reader is there a text with form is shown as typed. */
export function blocksOf(text: string, spans: readonly Span[] = []): Block[] {
  const key = spans.length === 0 ? text : `${JSON.stringify(spans)}\n${text}`
  const known = cache.get(key)
  if (known) return known
  const marks = new Marks(text, spans)
  if (isSimple(marks.source)) return cache.set(key, simpleBlocks(marks))
  if (reader.value) return cache.set(key, reader.value(text, spans))
  void loadReader()
  return simpleBlocks(marks)
}
