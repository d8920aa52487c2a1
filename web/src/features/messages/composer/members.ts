import type { Member, Room } from 'maru-client'
import { readMembers } from '@/features/members/members'

const most = 2000
const fresh = 60_000
const kept = new Map<number, { at: number; members: Promise<Member[]> }>()
const mostRooms = 8

/** The members of a room, up to 2,000, as they were within the last minute. */
export function membersOf(room: Pick<Room, 'id'>): Promise<Member[]> {
  const known = kept.get(room.id)
  if (known && Date.now() - known.at < fresh) return known.members
  const members = readMembers(room.id, most)
  kept.delete(room.id)
  kept.set(room.id, { at: Date.now(), members })
  members.catch(() => kept.delete(room.id))
  for (const id of kept.keys()) if (kept.size > mostRooms) kept.delete(id)
  return members
}
