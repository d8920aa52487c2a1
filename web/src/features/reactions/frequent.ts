import { shallowRef } from 'vue'

const key = 'maru.emoji'
const first = ['👍', '❤️', '😂', '🎉', '😮', '🙏']
const most = 40
const fading = 0.97

interface Used { emoji: string; weight: number }

/** The emoji that a person uses most, on this browser. Each use makes the others a little older. */
export class Frequent {
  private readonly used = shallowRef<readonly Used[]>([])

  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    try {
      const read: unknown = JSON.parse(storage?.getItem(key) ?? '[]')
      if (Array.isArray(read)) this.used.value = read.filter(isUsed).slice(0, most)
    } catch {
      // storage is forbidden, or what is there is not ours
    }
  }

  use(emoji: string): void {
    const others = this.used.value.filter(one => one.emoji !== emoji).map(one => ({ emoji: one.emoji, weight: one.weight * fading }))
    const weight = (this.used.value.find(one => one.emoji === emoji)?.weight ?? 0) * fading + 1
    this.used.value = [...others, { emoji, weight }].sort((a, b) => b.weight - a.weight).slice(0, most)
    try {
      this.storage?.setItem(key, JSON.stringify(this.used.value))
    } catch {
      // private mode: they last as long as the page
    }
  }

  /** The first ones, filled up with those that everybody uses. Reactive. */
  top(count: number): string[] {
    return [...new Set([...this.used.value.map(one => one.emoji), ...first])].slice(0, count)
  }
}

function isUsed(value: unknown): value is Used {
  const one = value as Used | null
  return typeof one === 'object' && one !== null && typeof one.emoji === 'string' && typeof one.weight === 'number'
}

function browserStorage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

export const frequent = new Frequent(browserStorage())
