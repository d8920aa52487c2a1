import type { Connection } from './connection.js'
import { guard } from './emitter.js'
import type { Link } from './link.js'
import type { PublicRoomsEvent } from './types.js'

type Handler = (event: PublicRoomsEvent) => void

/** What changes in the list of public rooms, while somebody looks. `rooms.reset` comes first: read the pages that you show then. */
export class PublicRooms {
  readonly #handlers = new Set<Handler>()

  constructor(private readonly connection: Connection) {
    connection.on('up', link => this.#subscribe(link))
  }

  watch(handler: Handler): () => void {
    const own: Handler = event => handler(event)
    this.#handlers.add(own)
    const { link } = this.connection
    if (link && this.#handlers.size === 1) this.#subscribe(link)
    else if (link) queueMicrotask(() => own({ type: 'rooms.reset' }))
    return () => {
      if (this.#handlers.delete(own) && this.#handlers.size === 0) this.connection.link?.unsubscribe('list')
    }
  }

  #subscribe(link: Link): void {
    if (this.#handlers.size === 0) return
    link.subscribe('list', '/topic/rooms', {}, body => {
      const event = JSON.parse(body) as PublicRoomsEvent
      for (const handler of [...this.#handlers]) guard(() => handler(event))
    }).catch(() => undefined)
  }
}
