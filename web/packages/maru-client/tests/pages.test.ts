import { expect, test } from 'vitest'
import { pageOf, readAll } from '../src/pages'

const pages: Record<string, { items: number[]; next?: string }> = {
  '': { items: [1, 2], next: 'a' }, a: { items: [], next: 'b' }, b: { items: [3] },
}

test('All pages are read, also behind an empty one', async () => {
  const asked: unknown[] = []
  expect(await readAll(async after => { asked.push(pageOf(after)); return pages[after ?? '']! })).toEqual([1, 2, 3])
  expect(asked).toEqual([{ limit: 200 }, { limit: 200, after: 'a' }, { limit: 200, after: 'b' }])
})

test('No further page is read once there are enough', async () => {
  expect(await readAll(async after => pages[after ?? '']!, 2)).toEqual([1, 2])
})
