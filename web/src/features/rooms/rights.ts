import type { Room } from 'maru-client'
import { mayManage } from '@/features/members/rights'

/** Whether somebody may bring people in and make links: all in an open room, owner and admins in one that is private or has a password. */
export function mayBring(room: Pick<Room, 'kind' | 'visibility' | 'hasPassword' | 'role'> | undefined, guest: boolean): boolean {
  if (!room || room.kind !== 'group' || guest) return false
  return mayManage(room.role) || (room.visibility === 'public' && !room.hasPassword)
}
