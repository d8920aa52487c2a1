import { chips, has, isEnough, paramsOf, type Search } from './query'

const prefix = 'maru.searches.'
const most = 10

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** What a person searched for last, the latest first: in this browser alone, and only while they are signed in. */
export class Recents {
  constructor(private readonly storage: () => Kept) {}

  of(userId: number): readonly Search[] {
    try {
      const read: unknown = JSON.parse(this.storage().getItem(prefix + userId) ?? '[]')
      return Array.isArray(read) ? read.filter(isSearch).slice(0, most) : []
    } catch {
      return []   // storage is forbidden, or what is there is not ours
    }
  }

  add(userId: number, search: Search): readonly Search[] {
    const text = search.text.trim()
    const one = { text, filters: search.filters }
    return isEnough(one) ? this.keep(userId, [one, ...this.others(userId, one)].slice(0, most)) : this.of(userId)
  }

  remove(userId: number, search: Search): readonly Search[] {
    return this.keep(userId, this.others(userId, search))
  }

  clear(userId: number): readonly Search[] {
    return this.keep(userId, [])
  }

  /** Nobody finds what others searched for: all of it goes that is not this person's. */
  onlyOf(userId: number | undefined): void {
    try {
      const storage = this.storage()
      const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '')
      for (const key of keys) if (key.startsWith(prefix) && key !== prefix + userId) storage.removeItem(key)
    } catch {
      // where storage is forbidden nothing was kept
    }
  }

  private others(userId: number, search: Search): Search[] {
    return this.of(userId).filter(other => sameKey(other) !== sameKey(search))
  }

  private keep(userId: number, searches: Search[]): readonly Search[] {
    try {
      if (searches.length > 0) this.storage().setItem(prefix + userId, JSON.stringify(searches))
      else this.storage().removeItem(prefix + userId)
    } catch {
      // private mode: nothing is kept
    }
    return searches
  }
}

/** One and the same search is there once. */
export const sameKey = (search: Search): string => JSON.stringify(paramsOf(search)).toLowerCase()

function isSearch(value: unknown): value is Search {
  const one = value as Partial<Search> | null
  if (typeof one !== 'object' || one === null || typeof one.text !== 'string') return false
  const { filters } = one
  if (typeof filters !== 'object' || filters === null) return false
  const named = ({ id, name }: { id: unknown; name: unknown }) => typeof id === 'number' && typeof name === 'string'
  const isDay = (day: unknown) => day === undefined || (typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day))
  return (!filters.from || (named(filters.from) && typeof filters.from.handle === 'string')) && (!filters.room || named(filters.room))
    && isDay(filters.since) && isDay(filters.until) && (one.text !== '' || chips.some(chip => has(filters, chip)))
}

export const recents = new Recents(() => localStorage)
