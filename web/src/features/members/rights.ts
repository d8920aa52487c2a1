import type { Role } from 'maru-client'

export interface Rights {
  promote: boolean; demote: boolean; handOver: boolean; remove: boolean; ban: boolean
  /** To become the owner in place of one who is gone. */
  follow: boolean
}

const none: Rights = { promote: false, demote: false, handOver: false, remove: false, ban: false, follow: false }

/** What somebody with a role may do with another member. The server decides; this decides what is offered. */
export function rightsOver(role: Role | undefined, me: number, member: { id: number; role: Role; guest?: boolean }): Rights {
  if (member.id === me || !mayManage(role)) return none
  if (member.role === 'owner') return { ...none, follow: role === 'admin' }
  if (role === 'admin') {
    const below = member.role === 'member'
    return { ...none, remove: below, ban: below }
  }
  const known = !member.guest
  return { ...none, promote: member.role === 'member' && known, demote: member.role === 'admin', handOver: known, remove: true, ban: true }
}

export const mayManage = (role: Role | undefined) => role === 'owner' || role === 'admin'
