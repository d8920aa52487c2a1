import type { Room, RoomEvent } from './types.js'

/** The room after the entry; the same one if that changes nothing. What only its reader knows of it stays. */
export function changedRoom(room: Room, event: RoomEvent): Room {
  switch (event.type) {
    case 'member.joined':
      return { ...room, memberCount: room.memberCount + 1 }
    case 'member.left':
      return { ...room, memberCount: Math.max(0, room.memberCount - 1) }
    case 'room.changed': {
      const { role, settings, readSeq, unread, mentions, lastMessage } = room
      const own = Object.entries({ role, settings, readSeq, unread, mentions, lastMessage }).filter(([, value]) => value !== undefined)
      const next: Room = { ...event.room, ...Object.fromEntries(own) }
      // A direct room has the other one's name and picture, which the log does not know.
      if (room.kind === 'direct') {
        next.name = room.name
        if (room.avatarUrl !== undefined) next.avatarUrl = room.avatarUrl
      }
      return next
    }
    default:
      return room
  }
}
