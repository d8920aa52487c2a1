import { createApi, take, type Api } from './api.js'
import { Connection } from './connection.js'
import { Feeds } from './feeds.js'
import { Files } from './files.js'
import type { WebSocketMaker } from './link.js'
import { memoryStore, Outbox, type OutboxStore } from './outbox.js'
import { OwnEvents } from './ownevents.js'
import { PresenceWatch } from './presence.js'
import { PublicRooms } from './publicrooms.js'
import { Reads } from './reads.js'
import { roomSource } from './room-source.js'
import { RoomList } from './rooms.js'
import { Session, type DeviceTokens, type RefreshWay } from './session.js'
import type { Channel, Locks } from './tabs.js'
import { Timeline } from './timeline.js'
import { timelineSource } from './timeline-source.js'
import type { MyRoom } from './types.js'
import { Typing } from './typing.js'

export interface MaruOptions {
  /** Where the server is, with its base path: `https://chat.example.org/`. */
  url: string
  /** Where the refresh token is: `token` (at first) for programs, `cookie` for pages that the server itself serves. */
  refresh?: RefreshWay
  outboxStore?: OutboxStore
  locks?: Locks | undefined
  channel?: Channel | undefined
  deviceTokens?: DeviceTokens
  device?: string
  fetch?: typeof globalThis.fetch
  webSocket?: WebSocketMaker
  /** 0 ≤ x < 1, for the jitter. */
  random?: () => number
}

/** A person's Maru: who is signed in, the connection, and what comes and goes over it. */
export class MaruClient {
  readonly url: string
  readonly session: Session
  readonly connection: Connection
  readonly api: Api
  readonly feeds: Feeds
  readonly files: Files
  readonly outbox: Outbox
  readonly presence: PresenceWatch
  readonly typing: Typing
  readonly publicRooms: PublicRooms
  readonly rooms: RoomList
  /** The user's own events. After each (re)connect comes the snapshot, then `resumed`. */
  readonly events: OwnEvents

  readonly #reads: Reads

  constructor(options: MaruOptions) {
    this.url = options.url.endsWith('/') ? options.url : `${options.url}/`
    const fetch = options.fetch ?? ((request: RequestInfo | URL, init?: RequestInit) => globalThis.fetch(request, init))
    this.session = new Session({
      url: this.url, refresh: options.refresh ?? 'token', fetch,
      locks: options.locks, channel: options.channel, deviceTokens: options.deviceTokens, device: options.device, random: options.random,
    })
    this.api = createApi(this.url, this.session, fetch)
    this.files = new Files(this.url, this.session, options.fetch, options.random)
    this.connection = new Connection(
      new URL('ws', this.url).href.replace(/^http/, 'ws'), this.session,
      options.webSocket ?? ((url, protocols) => new WebSocket(url, protocols)), options.random ?? Math.random,
    )
    this.events = new OwnEvents(this.connection)
    this.feeds = new Feeds(this.connection, { all: () => this.#heads(), of: roomId => this.#head(roomId) })
    this.#reads = new Reads(this.connection, this.session)
    this.outbox = new Outbox(this.connection, options.outboxStore ?? memoryStore, options.random)
    this.presence = new PresenceWatch(this.connection)
    this.typing = new Typing(this.connection)
    this.publicRooms = new PublicRooms(this.connection)
    this.rooms = new RoomList(roomSource(this.api, this.session, this.feeds, this.events, options.random ?? Math.random))

    this.feeds.on('typing', event => this.typing.hear(event.roomId, event.userId, event.typing))
    this.feeds.on('entry', event => {
      if (event.type !== 'message.created') return
      this.typing.hear(event.roomId, event.message.sender.id, false)
      const { clientKey, sender } = event.message
      if (clientKey && sender.id === this.session.user?.id) this.outbox.arrived(clientKey, event.seq)
    })
    this.outbox.on('sent', ({ roomId, seq = 0 }) => {
      this.typing.sent(roomId)
      // Nobody waits for the log's entry, or it came already.
      if (!this.feeds.has(roomId) || this.feeds.seq(roomId) >= seq) this.outbox.passed(roomId, seq)
    })
    this.feeds.on('passed', ({ roomId, seq }) => this.outbox.passed(roomId, seq))
    let before: number | undefined
    this.session.on('change', () => {
      const now = this.session.user?.id
      if (now !== undefined && before !== undefined && now !== before) this.outbox.leave()
      before = now ?? before
    })
    this.events.on('room.removed', event => this.feeds.drop(event.roomId, 'not-found'))
    this.events.on('session.ended', event => this.session.end(event.reason ?? 'session-ended'))
    this.session.on('ended', () => this.stop())
  }

  /** Connects, and stays connected until stop() or the end of the session. */
  start(): void { this.connection.start() }

  stop(): void { this.connection.stop() }

  /** A window of the room's messages, or of the thread of one of them. Open it, and close it when it is done with. */
  timeline(roomId: number, root: number | null = null): Timeline {
    return new Timeline(timelineSource(this, roomId, root), roomId, root)
  }

  /** Somebody has seen everything up to here. Said when it matters, not for each message. */
  read(roomId: number, seq: number): void { this.#reads.move(roomId, seq) }

  async #heads(): Promise<ReadonlyMap<number, number>> {
    const { items } = await take(this.api.GET('/api/me/rooms', { params: { query: { limit: 200 } } }))
    return new Map((items as MyRoom[]).map(room => [room.id, room.lastSeq]))
  }

  async #head(roomId: number): Promise<number> {
    return (await take(this.api.GET('/api/rooms/{roomId}', { params: { path: { roomId } } }))).lastSeq
  }
}
