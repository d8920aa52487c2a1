import { asMessage, deleted, edited } from './changes.js'
import { Emitter } from './emitter.js'
import { readAll } from './pages.js'
import { changedRoom } from './room-changes.js'
import { RoomFeeds } from './room-feeds.js'
import { RoomOrder } from './room-order.js'
import { RoomRefresh } from './room-refresh.js'
import type { RoomSource } from './room-source.js'
import type { FeedEvent, MyRoom, Room, RoomEvent, UserEvent } from './types.js'

/** Rooms whose log is followed: the newest ones, and those that are held. */
const followed = 30
const pageSize = 200
/** After a reconnect lists are read again within this time, since very many clients may do so at once. */
const spread = 2000

type Unread = Extract<UserEvent, { type: 'unread' }>

/**
 * The rooms that the user is in, with what is unread and the newest message, live. Counts come from the server and are never counted here;
 * of the newest rooms each message is followed, of the others the counts alone. A person is in 1,000 rooms at most: all of them are here.
 */
export class RoomList extends Emitter<{ change: void }> {
  /** `unknown` until somebody begins to read the list. */
  state: 'unknown' | 'loading' | 'ready' | 'failed' = 'unknown'

  private readonly order = new RoomOrder()
  private readonly feeds: RoomFeeds
  private readonly refresh: RoomRefresh
  /** What was told of rooms while the list was read: it may be newer than the list. */
  private readonly meanwhile = new Map<number, Unread>()
  private loading: Promise<void> | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private generation = 0

  constructor(private readonly source: RoomSource) {
    super()
    this.feeds = new RoomFeeds(followed, (roomId, handler) => source.feed(roomId, this.get(roomId)?.lastSeq ?? 0, handler),
      (roomId, event) => this.hear(roomId, event))
    this.refresh = new RoomRefresh(source, this.order, () => this.changed())
    source.own((event) => this.onOwn(event))
    source.signedOut(() => this.clear())
  }

  /** Newest activity first. A new array after each change, the same one in between, with the same rooms but for those that changed. */
  get items(): readonly MyRoom[] { return this.order.items }

  get(roomId: number): MyRoom | undefined { return this.order.get(roomId) }

  /** Reads the list anew, all of it. */
  load(): Promise<void> {
    this.loading ??= this.read().finally(() => {
      this.loading = null
      this.meanwhile.clear()
    })
    return this.loading
  }

  /** What somebody knows better: a room as an answer of the server had it. */
  learn(room: Room): void {
    const old = this.get(room.id)
    if (old) this.order.set({ ...knownOf(old), ...room, lastSeq: old.lastSeq })
    else if (room.role) this.order.set({ unread: 0, mentions: 0, ...room }, Date.now())
    this.changed()
  }

  /** Follows the room's log whatever its place in the list, until the function that comes back is called. */
  hold(roomId: number): () => void {
    const release = this.feeds.hold(roomId)
    this.changed()
    return release
  }

  private async read(): Promise<void> {
    const { generation } = this
    if (this.state !== 'ready') this.set('loading')
    try {
      const rooms = await readAll((after) => this.source.page(after, pageSize))
      if (generation !== this.generation) return
      this.order.reset(rooms)
      for (const event of this.meanwhile.values()) this.unread(event)
      this.feeds.keep((roomId) => this.get(roomId) !== undefined)
      this.set('ready')
    } catch (error) {
      if (generation === this.generation && this.state === 'loading') this.set('failed')
      throw error
    }
  }

  private onOwn(event: UserEvent): void {
    switch (event.type) {
      case 'resumed':
        return this.resumed()
      case 'unread':
        this.unread(event)
        break
      case 'room.added':
        this.order.set({ unread: 0, mentions: 0, ...this.get(event.roomId), ...event.room }, Date.now())
        this.refresh.want(event.roomId)
        break
      case 'room.removed':
        this.order.delete(event.roomId)
        this.feeds.drop(event.roomId)
        break
      case 'room.role':
        this.change(event.roomId, { role: event.role })
        break
      case 'room.settings':
        if (this.get(event.roomId)) this.change(event.roomId, { settings: event.settings })
        else if (this.state === 'ready' && !event.settings.hidden) this.refresh.want(event.roomId)
        break
      default:
        return
    }
    this.changed()
  }

  /** The first list at once, later ones with others in mind. */
  private resumed(): void {
    const load = () => void this.load().catch(() => undefined)
    if (this.state !== 'ready') return load()
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      load()
    }, this.source.random() * spread)
  }

  private unread(event: Unread): void {
    const { roomId, unread, mentions, lastSeq } = event
    if (this.loading) this.meanwhile.set(roomId, event)
    const room = this.get(roomId)
    if (room && (room.unread !== unread || room.mentions !== mentions)) this.change(roomId, { unread, mentions })
    // What moves up from further down has a last message that is not known here.
    if (unread > 0 && this.state === 'ready' && !this.feeds.has(roomId) && lastSeq > (room?.lastSeq ?? 0)) this.refresh.want(roomId, event)
  }

  private hear(roomId: number, event: FeedEvent): void {
    switch (event.type) {
      case 'typing':
      case 'read':
      case 'live':
        return
      case 'closed':
        return this.feeds.drop(roomId)
      case 'reset':
        return this.refresh.want(roomId)
    }
    this.entry(roomId, event)
  }

  private entry(roomId: number, event: RoomEvent): void {
    const room = this.get(roomId)
    if (!room || event.seq <= room.lastSeq) return
    const next: MyRoom = { ...changedRoom(room, event), lastSeq: event.seq }
    const last = room.lastMessage
    const message = 'message' in event ? event.message : undefined
    if (message?.seq === event.seq) {
      next.lastMessage = asMessage(message)
      if (next.settings?.hidden && message.kind !== 'system') next.settings = { ...next.settings, hidden: false }
      this.order.set(next, Date.parse(message.at))
    } else {
      if (last && message?.seq === last.seq) next.lastMessage = (event.type === 'message.deleted' ? deleted : edited)(last, message)
      this.order.set(next)
    }
    this.changed()
  }

  private change(roomId: number, change: Partial<MyRoom>): void {
    const room = this.get(roomId)
    if (room) this.order.set({ ...room, ...change })
  }

  private clear(): void {
    this.generation++
    clearTimeout(this.timer)
    this.timer = undefined
    this.feeds.keep(() => false)
    this.refresh.clear()
    this.order.reset([])
    this.set('unknown')
  }

  private set(state: RoomList['state']): void {
    this.state = state
    this.changed()
  }

  private changed(): void {
    if (this.state === 'ready') this.feeds.follow(this.order.newest(followed), (roomId) => this.get(roomId) !== undefined)
    this.emit('change', undefined)
  }
}

/** What only the list has of a room. */
function knownOf({ unread, mentions, readSeq, lastMessage, role, settings }: MyRoom): Partial<MyRoom> {
  const known = { unread, mentions, readSeq, lastMessage, role, settings }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}
