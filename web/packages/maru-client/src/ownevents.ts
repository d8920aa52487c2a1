import type { Connection } from './connection.js'
import { Emitter } from './emitter.js'
import type { Link } from './link.js'
import type { UserEvent } from './types.js'

export type UserEvents = { [Type in UserEvent['type']]: Extract<UserEvent, { type: Type }> } & { '*': UserEvent }

const again = 2_000   // ms after which a subscription whose snapshot could not be read is asked for again
const kept = 100      // mentions of which we know that they were told

/** The user's own events. After each (re)connect comes the snapshot, then `resumed`. */
export class OwnEvents extends Emitter<UserEvents> {
  #current: Link | null = null
  readonly #mentions = new Set<string>()

  constructor(private readonly connection: Connection) {
    super()
    connection.on('up', link => { void this.#listen(link) })
  }

  async #listen(link: Link): Promise<void> {
    try {
      await link.subscribe('events', '/user/queue/events', {}, body => this.#tell(JSON.parse(body) as UserEvent))
      if (this.connection.link !== link) return
      // The connection before this one told what happened until now; from here on it would tell it twice.
      this.#current?.unsubscribe('events')
      this.#current = link
      this.#tell({ type: 'resumed' })
    } catch {
      // refused while the store is away, or the connection is gone: the next one tells
      if (link.isUp) setTimeout(() => { if (this.connection.link === link) void this.#listen(link) }, again)
    }
  }

  #tell(event: UserEvent): void {
    if (event.type === 'mention' && !this.#isNew(`${event.roomId} ${event.seq}`)) return
    this.emit(event.type, event as never)
    this.emit('*', event)
  }

  /** While a connection takes the place of another one, both may tell of a mention. */
  #isNew(mention: string): boolean {
    if (this.#mentions.has(mention)) return false
    this.#mentions.add(mention)
    if (this.#mentions.size > kept) for (const oldest of this.#mentions) { this.#mentions.delete(oldest); break }
    return true
  }
}
