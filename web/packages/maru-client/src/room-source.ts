import { take, type Api } from './api.js'
import type { Feeds } from './feeds.js'
import type { Session } from './session.js'
import type { FeedEvent, MessagePage, Room, RoomPage, UserEvent } from './types.js'

/** What the list of rooms needs of the server. */
export interface RoomSource {
  page(after: string | undefined, limit: number): Promise<RoomPage>
  room(roomId: number): Promise<Room>
  /** The newest message. */
  newest(roomId: number): Promise<MessagePage>
  feed(roomId: number, after: number, handler: (event: FeedEvent) => void): { close(): void }
  own(handler: (event: UserEvent) => void): void
  signedOut(handler: () => void): void
  random(): number
}

type OwnEvents = { on(name: '*', handler: (event: UserEvent) => void): () => void }

export function roomSource(api: Api, session: Session, feeds: Feeds, events: OwnEvents, random: () => number): RoomSource {
  return {
    page: (after, limit) => take(api.GET('/api/me/rooms', { params: { query: after === undefined ? { limit } : { limit, after } } })),
    room: (roomId) => take(api.GET('/api/rooms/{roomId}', { params: { path: { roomId } } })),
    newest: (roomId) => take(api.GET('/api/rooms/{roomId}/messages', { params: { path: { roomId }, query: { limit: 1 } } })),
    feed: (roomId, after, handler) => feeds.open(roomId, { after }, handler),
    own: (handler) => void events.on('*', handler),
    signedOut: (handler) => void session.on('change', () => { if (session.state !== 'in') handler() }),
    random,
  }
}
