interface Placed { roomId: number; seq: number }

const same = (a: Placed, b: Placed) => a.roomId === b.roomId && a.seq === b.seq

/**
 * A first page that was read anew, before what was paged to already: what went from the page is gone, what is older stays where it is.
 * Without an overlap nothing is known of what lies between, and the page stands alone.
 */
export function merge<T extends Placed>(page: readonly T[], known: readonly T[]): { items: readonly T[]; keeps: boolean } {
  const last = page.at(-1)
  const at = last ? known.findIndex(one => same(one, last)) : -1
  if (at < 0) return { items: page, keeps: false }
  return { items: [...page, ...known.slice(at + 1).filter(one => !page.some(other => same(one, other)))], keeps: true }
}
