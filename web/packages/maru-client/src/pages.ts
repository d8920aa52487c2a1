/** A page of a list; `next`, where there is one, is the `after` of the page behind it. */
export interface Page<T> { items: readonly T[]; next?: string | undefined }

/** What asks for the page of a list behind `after`: `{ params: { query: pageOf(after) } }`. */
export function pageOf(after: string | undefined): { limit: number; after?: string } {
  return { limit: 200, ...(after === undefined ? {} : { after }) }
}

/** Reads a list page after page: all of it, or until there are `most` items or a few more. */
export async function readAll<T>(page: (after: string | undefined) => Promise<Page<T>>, most = Infinity): Promise<T[]> {
  const found: T[] = []
  let after: string | undefined
  do {
    const { items, next } = await page(after)
    found.push(...items)
    after = next
  } while (after !== undefined && found.length < most)
  return found
}
