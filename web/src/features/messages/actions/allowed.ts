import type { Message, Room } from 'maru-client'

/** What may be done with a message, as the server decides it: docs/protocols/rest.md, "Messages". */
export function allowed(message: Message, room: Room, mine: boolean) {
  const said = (message.kind === 'message' || message.kind === 'poll') && !message.deletedAt
  const leads = room.role === 'owner' || room.role === 'admin'
  const writes = room.role !== undefined && (leads || !room.readOnly)
  return {
    reply: said && writes,
    thread: said,
    react: said && room.role !== undefined,
    copy: said && message.text !== '',
    link: said,
    forward: said,
    pin: said && (leads || room.kind === 'direct'),
    star: said,
    edit: said && mine && writes && message.kind === 'message' && !message.forwardedFrom,
    unread: message.kind !== 'unknown',
    readers: said,
    removePreviews: said && (message.previews?.length ?? 0) > 0 && room.role !== undefined && (mine || leads),
    remove: said && (mine || (leads && room.kind === 'group')),
  }
}
export type Allowed = ReturnType<typeof allowed>
