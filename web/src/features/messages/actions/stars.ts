import { shallowReactive } from 'vue'
import { maru } from '@/client'

/** Stars that came or went since their messages were read: events of the room's log know nothing of them. */
const changed = shallowReactive(new Map<string, boolean>())
const most = 2000

maru.events.on('message.starred', event => setStarred(event.roomId, event.seq, event.starred))

export function setStarred(roomId: number, seq: number, starred: boolean): void {
  if (changed.size >= most) for (const oldest of changed.keys()) {
    changed.delete(oldest)
    break
  }
  changed.set(`${roomId}/${seq}`, starred)
}

export function isStarred(message: { roomId: number; seq: number; starred?: boolean }): boolean {
  return changed.get(`${message.roomId}/${message.seq}`) ?? message.starred ?? false
}
