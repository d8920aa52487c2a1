import type { components } from './schema.js'

// What REST has: aliases of the generated schema.
type Schemas = components['schemas']
export type Ban = Schemas['Ban']
export type Block = Schemas['Block']
export type Contact = Schemas['Contact']
export type ContactState = Schemas['ContactState']
export type Draft = Schemas['WrittenDraft']
/** A file as messages have it. */
export type FileInfo = Schemas['SentFile']
export type FileKind = Schemas['FileKind']
export type FileLimits = Schemas['FileLimits']
export type ForwardedMessage = Schemas['ForwardedMessage']
export type InvitationLink = Schemas['InvitationLink']
export type InvitationView = Schemas['InvitationView']
export type Member = Schemas['Member']
export type Mention = Schemas['Mention']
export type MentioningMessage = Schemas['MentioningMessage']
export type Message = Schemas['Message']
export type MessageKind = Schemas['MessageKind']
export type MessageOrigin = Schemas['MessageOrigin']
export type MessagePage = Schemas['MessagePage']
export type Notify = Schemas['Notify']
export type PinnedMessage = Schemas['PinnedMessage']
export type Poll = Schemas['Poll']
export type PollChoice = Schemas['PollChoice']
export type Presence = Schemas['Presence']
export type PresenceState = Schemas['PresenceState']
export type Problem = Schemas['Problem']
export type Profile = Schemas['Profile']
/** With the files of the message where this library knows it. */
export type Quote = Schemas['Quote'] & { files?: FileInfo[] }
export type Reaction = Schemas['Reaction']
export type Reader = Schemas['Reader']
export type Role = Schemas['Role']
export type Room = Schemas['Room']
export type RoomFile = Schemas['RoomFile']
export type RoomHistory = Schemas['RoomHistory']
export type RoomInvitation = Schemas['RoomInvitation']
export type RoomKind = Schemas['RoomKind']
export type RoomPage = Schemas['RoomPage']
export type RoomReadState = Schemas['RoomReadState']
export type RoomSettings = Schemas['RoomSettings']
export type ScheduledMessage = Schemas['ScheduledMessage']
export type Session = Schemas['Session']
export type SignedIn = Schemas['SignedIn']
export type StarredMessage = Schemas['StarredMessage']
export type UnreadTotal = Schemas['UnreadTotal']
export type User = Schemas['User']
export type Visibility = Schemas['Visibility']

/** An item of `GET /api/me/rooms`: with `role`, `readSeq`, `unread`, `mentions`, `lastMessage`. */
export type MyRoom = Room
/** In events reactions say nothing of the reader: `mine` is absent. */
export type EventReaction = Omit<Reaction, 'mine'> & { mine?: never }
/** A message as events have it; without `mine`, `starred`, `quote`, `replies` and `unreadBy`. */
export type EventMessage = Omit<Message, 'reactions'> & { reactions: EventReaction[] }

// What the socket has, by hand from docs/protocols/stomp.md.

/** An entry of a room's log. Types that are new to this library come as `unknown`. */
export type RoomEvent = { roomId: number; seq: number } & (
  | { type: 'message.created'; message: EventMessage }
  | { type: 'message.edited'; message: EventMessage }
  /** It has other `previews` of its links now. */
  | { type: 'message.preview'; message: EventMessage }
  | { type: 'message.deleted'; message: EventMessage }
  | { type: 'member.joined'; user: User; message: EventMessage }
  | { type: 'member.left'; user: User; message: EventMessage; banned?: boolean }
  | { type: 'room.changed'; room: Room; message: EventMessage }
  | { type: 'reaction.changed'; target: number; emoji: string; count: number; userId: number; added: boolean }
  | { type: 'pin.changed'; target: number; pinned: boolean; userId: number }
  | {
      type: 'poll.changed'
      target: number
      options: { id: number; votes: number }[]
      voters: number
      vote?: { userId: number; options: number[] }
      closedAt?: string
    }
  | { type: 'hidden' }
  | { type: 'unknown'; target?: number; message?: EventMessage }
)
export type RoomEventType = RoomEvent['type']

/** Somebody types, or has stopped. Not kept; it ends by itself ten seconds after the last one. */
export type TypingEvent = { type: 'typing'; roomId: number; userId: number; typing: boolean }
/** How far a member has read. `more`: others have moved as well, of whom no event tells. */
export type ReadEvent = { type: 'read'; roomId: number; userId: number; seq: number; more?: boolean }

/** What a feed says of itself. */
export type FeedNotice =
  /** The subscription stands, after each (re)connect: what is missing behind `seq` follows, and all that happens from now on. */
  | { type: 'live'; roomId: number; seq: number }
  /** Too far behind: entries up to `seq` are left out. Read the newest page again; what follows has a higher seq. */
  | { type: 'reset'; roomId: number; seq: number }
  /** No more will come: you are no member (`not-found`), or the server refused for good. */
  | { type: 'closed'; roomId: number; problem: string }

export type FeedEvent = RoomEvent | TypingEvent | ReadEvent | FeedNotice

/** The user's own events. Types that are new to this library are passed on to `*` alone. */
export type UserEvent =
  | { type: 'room.added'; roomId: number; room: Room }
  | { type: 'room.removed'; roomId: number }
  | { type: 'room.role'; roomId: number; role: Role }
  | { type: 'room.settings'; roomId: number; settings: RoomSettings }
  | { type: 'unread'; roomId: number; unread: number; mentions: number; lastSeq: number }
  | { type: 'mention'; roomId: number; seq: number; message: EventMessage }
  | { type: 'message.starred'; roomId: number; seq: number; starred: boolean }
  | { type: 'draft.changed'; roomId: number; text: string; replyTo?: number; at: string }
  | { type: 'scheduled.changed'; roomId: number; id: number; scheduled: ScheduledMessage | null }
  | { type: 'scheduled.sent'; roomId: number; id: number; seq: number }
  | { type: 'scheduled.failed'; roomId: number; id: number; version: number; problem: string }
  | { type: 'contact.changed'; userId: number; state: ContactState | null; user?: User; nickname?: string }
  | { type: 'block.changed'; userId: number; blocked: boolean }
  | { type: 'invitation.changed'; roomId: number; state: 'pending' | null; invitation?: RoomInvitation }
  | { type: 'profile.changed'; profile: Profile }
  | { type: 'session.ended'; reason?: string }
  /** By this library: the snapshot of a new connection is complete. What has no snapshot is read again over REST. */
  | { type: 'resumed' }
export type UserEventType = UserEvent['type']

/** The list of public rooms changed: docs/protocols/stomp.md. */
export type PublicRoomsEvent =
  | { type: 'rooms.reset' }
  | { type: 'room.changed'; roomId: number; room: Room }
  | { type: 'room.removed'; roomId: number }
