import { take } from './api.js'
import type { MaruClient } from './client.js'
import type { FeedEvent, Message, MessagePage, Room, RoomReadState, UserEvent } from './types.js'

/** Which page: the newest, or by one of the bounds of `GET /api/rooms/{roomId}/messages`. */
export interface PageQuery {
  before?: number
  after?: number
  around?: number
  limit?: number
}

/** What a timeline needs of the server. */
export interface TimelineSource {
  /** Who reads. */
  me(): number
  room(): Promise<Room>
  readState(): Promise<RoomReadState>
  page(query: PageQuery): Promise<MessagePage>
  message(seq: number): Promise<Message>
  /** All entries of the log behind `after`, in order, and what is not kept. */
  feed(after: number, handler: (event: FeedEvent) => void): { readonly seq: number; close(): void }
  /** The reader's own events. */
  own(handler: (event: UserEvent) => void): () => void
  /** Tells the server how far the reader has read. */
  read(seq: number): void
}

/** A room of the server, or with `root` the thread of one message. */
export function timelineSource(maru: MaruClient, roomId: number, root: number | null): TimelineSource {
  const { api } = maru
  const path = { roomId }
  return {
    me: () => maru.session.user?.id ?? 0,
    room: () => take(api.GET('/api/rooms/{roomId}', { params: { path } })),
    readState: () => take(api.GET('/api/rooms/{roomId}/read', { params: { path } })),
    page: ({ around, ...query }) => root === null
      ? take(api.GET('/api/rooms/{roomId}/messages', { params: { path, query: around === undefined ? query : { ...query, around } } }))
      : take(api.GET('/api/rooms/{roomId}/messages/{seq}/replies', { params: { path: { roomId, seq: root }, query } })),
    message: (seq) => take(api.GET('/api/rooms/{roomId}/messages/{seq}', { params: { path: { roomId, seq } } })),
    feed: (after, handler) => maru.feeds.open(roomId, { after }, handler),
    own: (handler) => maru.events.on('*', handler),
    read: (seq) => maru.read(roomId, seq),
  }
}
