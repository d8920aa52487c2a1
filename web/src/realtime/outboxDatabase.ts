import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Channel, Locks, OutboxStore, Pending } from 'maru-client'

interface Kept { key: string; userId: number; tab: string; pending: Pending }
interface Schema extends DBSchema { outbox: { key: string; value: Kept; indexes: { userId: number } } }

type Take = (pending: readonly Pending[]) => void
/** A tab has something of this person's to send: the others line up for its lock. */
type Word = { userId: number; tab: string }

/**
 * Messages that wait, kept in the browser until the server has them. Each belongs to a person, and to the tab that sends it. A tab holds a
 * lock of its own name while it lives: who gets that lock takes over what the tab left, so a reload, a closed tab and a crash lose nothing,
 * and no message is sent by two tabs at a time.
 */
export class OutboxDatabase implements OutboxStore {
  readonly tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('')
  readonly #locks: Locks | undefined
  readonly #channel: Channel | undefined
  readonly #name: string
  readonly #waiting = new Set<string>()
  readonly #holding: Promise<void>
  #take: Take = () => undefined
  #userId: number | null = null
  #said = false
  #database: Promise<IDBPDatabase<Schema>> | undefined

  constructor(locks: Locks | undefined, channel: Channel | undefined, name = 'maru') {
    this.#locks = locks
    this.#channel = channel
    this.#name = name
    // Nothing is kept before the lock is held: nobody may think that this tab is gone.
    this.#holding = locks
      ? new Promise(held => {
          const hold = () => { held(); return new Promise<void>(() => undefined) }
          locks.request(lockOf(this.tab), hold).catch(() => held())
        })
      : Promise.resolve()
    if (channel) channel.onmessage = ({ data }) => this.#hear(data as Word)
  }

  adopt(take: Take): void { this.#take = take }

  /** Somebody is signed in, or nobody: what others left stays theirs, and is neither seen nor sent. */
  open(userId: number | null): void {
    if (userId === this.#userId) return
    this.#userId = userId
    this.#said = false
    if (userId !== null) void this.#adoptAll(userId).catch(() => undefined)
  }

  async put(pending: Pending): Promise<void> {
    const userId = this.#userId
    if (userId === null) return
    const database = await this.#open()
    await this.#holding
    await database.put('outbox', { key: pending.key, userId, tab: this.tab, pending: { ...pending } })
    if (this.#said || this.#userId !== userId) return
    this.#said = true
    this.#channel?.postMessage({ userId, tab: this.tab } satisfies Word)
  }

  /** Only while its person is signed in: what the end of a session takes from the screen waits for them to come back. */
  async remove(key: string): Promise<void> {
    if (this.#userId === null) return
    await (await this.#open()).delete('outbox', key)
  }

  /** How many messages of somebody's wait, in all tabs. */
  async count(userId: number): Promise<number> {
    return await (await this.#open()).countFromIndex('outbox', 'userId', userId)
  }

  /** Forgets what somebody had waiting, as when they sign out. */
  async clear(userId: number): Promise<void> {
    const database = await this.#open()
    for (const key of await database.getAllKeysFromIndex('outbox', 'userId', userId)) await database.delete('outbox', key)
  }

  #hear({ userId, tab }: Word): void {
    if (userId === this.#userId && tab !== this.tab) void this.#adoptFrom(tab, userId).catch(() => undefined)
  }

  async #adoptAll(userId: number): Promise<void> {
    const all = await (await this.#open()).getAllFromIndex('outbox', 'userId', userId)
    if (this.#userId !== userId) return
    const own = all.filter(kept => kept.tab === this.tab)   // of their session before, in this very tab
    if (own.length > 0) this.#take(own.map(kept => kept.pending))
    for (const tab of new Set(all.map(kept => kept.tab))) if (tab !== this.tab) void this.#adoptFrom(tab, userId).catch(() => undefined)
  }

  /** Waits for the tab's end, and takes what it left. Without locks there is no telling whether it lives: then it is taken at once. */
  async #adoptFrom(tab: string, userId: number): Promise<void> {
    const line = `${tab} ${userId}`
    if (this.#waiting.has(line)) return
    this.#waiting.add(line)
    try {
      if (this.#locks) await this.#locks.request(lockOf(tab), () => this.#inherit(tab, userId))
      else await this.#inherit(tab, userId)
    } finally {
      this.#waiting.delete(line)
    }
  }

  async #inherit(tab: string, userId: number): Promise<void> {
    await this.#holding
    if (this.#userId !== userId) return
    const database = await this.#open()
    const transaction = database.transaction('outbox', 'readwrite')
    const left = (await transaction.store.index('userId').getAll(userId)).filter(kept => kept.tab === tab)
    for (const kept of left) await transaction.store.put({ ...kept, tab: this.tab })
    await transaction.done
    if (left.length > 0 && this.#userId === userId) this.#take(left.map(kept => kept.pending))
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>(this.#name, 1, {
      upgrade(database) { database.createObjectStore('outbox', { keyPath: 'key' }).createIndex('userId', 'userId') },
      blocking: (_, __, event) => {
        (event.target as IDBDatabase).close()
        this.#database = undefined
      },
      terminated: () => { this.#database = undefined },
    })
    this.#database.catch(() => { this.#database = undefined })
    return this.#database
  }
}

const lockOf = (tab: string) => `maru-tab-${tab}`
