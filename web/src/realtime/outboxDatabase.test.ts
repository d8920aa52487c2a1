import 'fake-indexeddb/auto'
import { Emitter, type Channel, type Locks, type Pending } from 'maru-client'
import { expect, test } from 'vitest'
import { OutboxDatabase } from './outboxDatabase'

/** The locks and the channel of one browser. A tab that dies lets go of its locks and of its place in the lines. */
class Browser {
  readonly #lines = new Map<string, { tab: object; run: () => Promise<unknown> }[]>()
  readonly #words = new Emitter<{ word: { from: object; data: unknown } }>()
  readonly name = `test${++browsers}`

  tab(): { database: OutboxDatabase; taken: string[]; die: () => void } {
    const self = {}
    const locks: Locks = {
      request: <T>(name: string, run: () => Promise<T>) => new Promise<T>((done, failed) => {
        const line = this.#lines.get(name) ?? []
        this.#lines.set(name, line)
        line.push({ tab: self, run: () => run().then(done, failed) })
        if (line.length === 1) this.#go(name)
      }),
    }
    const channel: Channel = {
      onmessage: null,
      postMessage: data => this.#words.emit('word', { from: self, data }),
    }
    const deaf = this.#words.on('word', ({ from, data }) => { if (from !== self) channel.onmessage?.({ data }) })
    const database = new OutboxDatabase(locks, channel, this.name)
    const taken: string[] = []
    database.adopt(all => taken.push(...all.map(one => one.key)))
    return {
      database, taken,
      die: () => {
        deaf()
        for (const [name, line] of this.#lines) {
          const held = line[0]?.tab === self
          this.#lines.set(name, line.filter(one => one.tab !== self))
          if (held) this.#go(name)
        }
      },
    }
  }

  #go(name: string): void {
    const next = this.#lines.get(name)?.[0]
    void next?.run().then(() => {
      const line = this.#lines.get(name)!
      if (line[0] !== next) return
      line.shift()
      this.#go(name)
    })
  }
}

let browsers = 0
const pending = (key: string): Pending => ({ key, roomId: 1, text: key, at: 1, state: 'waiting' })
const come = (taken: string[], keys: string[]) => expect.poll(() => taken).toEqual(keys)

test('What a tab that died left is taken over by another one of the same person', async () => {
  const browser = new Browser()
  const first = browser.tab(), second = browser.tab()
  first.database.open(7)
  await first.database.put(pending('a'))
  second.database.open(7)
  first.die()
  await come(second.taken, ['a'])
})

test('A tab takes over from one that came after it', async () => {
  const browser = new Browser()
  const first = browser.tab(), second = browser.tab()
  first.database.open(7)
  second.database.open(7)
  await first.database.count(7)
  await second.database.put(pending('a'))
  second.die()
  await come(first.taken, ['a'])
})

test('Of two tabs that are left, one takes what the third had', async () => {
  const browser = new Browser()
  const first = browser.tab(), second = browser.tab(), third = browser.tab()
  for (const tab of [first, second, third]) tab.database.open(7)
  await third.database.put(pending('a'))
  third.die()
  await expect.poll(() => [...first.taken, ...second.taken]).toEqual(['a'])
  await first.database.put(pending('b'))
  await second.database.put(pending('c'))
  expect([...first.taken, ...second.taken]).toEqual(['a'])
})

test('While a tab lives, nobody takes what it sends; another person never does', async () => {
  const browser = new Browser()
  const first = browser.tab(), second = browser.tab(), other = browser.tab()
  first.database.open(7)
  await first.database.put(pending('a'))
  second.database.open(7)
  other.database.open(8)
  await second.database.put(pending('b'))   // the database has answered all of them since
  expect([...second.taken, ...other.taken]).toEqual([])
  first.die()
  second.die()
  await other.database.put(pending('c'))
  await other.database.count(8)
  expect(other.taken).toEqual([])
  const again = browser.tab()
  again.database.open(7)
  await expect.poll(() => again.taken.toSorted()).toEqual(['a', 'b'])
})

test('What waits outlives the end of a session, and comes back with its person alone', async () => {
  const { database, taken } = new Browser().tab()
  database.open(7)
  await database.put(pending('a'))
  database.open(null)
  await database.remove('a')   // the screen forgets it, the database does not
  await database.put(pending('b'))
  database.open(8)
  await database.count(8)
  expect(taken).toEqual([])
  database.open(7)
  await come(taken, ['a'])
})

test('Signing out forgets what waits, of this person alone', async () => {
  const browser = new Browser()
  const first = browser.tab()
  first.database.open(7)
  await first.database.put(pending('a'))
  first.database.open(8)
  await first.database.put(pending('b'))
  expect(await first.database.count(7)).toBe(1)
  await first.database.clear(7)
  first.die()
  const second = browser.tab(), third = browser.tab()
  second.database.open(7)
  third.database.open(8)
  await come(third.taken, ['b'])
  expect(second.taken).toEqual([])
})

test('Without locks what is left is taken at once', async () => {
  const name = `test${++browsers}`
  const first = new OutboxDatabase(undefined, undefined, name)
  first.open(7)
  await first.put(pending('a'))
  const second = new OutboxDatabase(undefined, undefined, name)
  const taken: string[] = []
  second.adopt(all => taken.push(...all.map(one => one.key)))
  second.open(7)
  await come(taken, ['a'])
})
