import type { MyRoom } from 'maru-client'

/** Whether the person wants to be told of a message in this room, by what they set for it. */
export function wants(room: Pick<MyRoom, 'settings'>, mentioned: boolean, now = Date.now()): boolean {
  const { notify = 'all', muteUntil } = room.settings ?? {}
  if (muteUntil !== undefined && Date.parse(muteUntil) > now) return false
  return notify === 'all' || (notify === 'mentions' && mentioned)
}
