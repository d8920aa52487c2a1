import { take, type User } from 'maru-client'
import { maru } from '@/client'
import { membersOf } from '@/features/messages/composer/members'
import { peerOf } from '@/features/rooms/peers'
import { useRooms } from '@/features/rooms/rooms'
import { score } from '@/features/shell/match'
import { ranked } from '@/features/shell/switcher'

/** Something to choose from a list: a person, a room. */
export interface Choice {
  id: number
  name: string
  hint?: string
  /** Whose colour and letters stand where there is no picture. */
  picture: number
  src?: string | undefined
  square?: boolean
  handle?: string
}

const most = 30

/** People by name or handle: oneself, those who stand `first`, those of a room or one's contacts, and whom the server knows. */
export async function findPeople(query: string, roomId?: number, first: readonly User[] = []): Promise<Choice[]> {
  const q = query.trim().replace(/^@/, '')
  const me = maru.session.user
  // What does not answer is left out: guests look for nobody.
  const [near, far] = await Promise.all([
    (roomId !== undefined ? membersOf({ id: roomId }) : contacts()).catch((): User[] => []),
    q === '' ? [] : named(q).catch((): User[] => []),
  ])
  const unique = new Map([...(me ? [me] : []), ...first, ...near].map(user => [user.id, user]))
  const known = [...unique.values()].filter(user => !user.handle.startsWith('deleted:'))
    .map(user => ({ user, names: [user.name, user.handle] }))
  const fitting = ranked(known, name => score(name, q), most)
  const people = new Map([...fitting.map(({ user }) => user), ...far].map(user => [user.id, user]))
  return [...people.values()].slice(0, most).map(({ id, name, handle, avatarUrl }) =>
    ({ id, name, handle, hint: `@${handle}`, picture: id, src: avatarUrl }))
}

async function contacts(): Promise<User[]> {
  const { items } = await take(maru.api.GET('/api/contacts', { params: { query: { state: 'accepted', limit: 200 } } }))
  return items.map(one => one.user)
}

async function named(q: string): Promise<User[]> {
  return (await take(maru.api.GET('/api/users', { params: { query: { q, limit: most } } }))).items
}

/** The person's rooms by name, those that were used last first. */
export async function findRooms(query: string): Promise<Choice[]> {
  const rooms = useRooms().all.map(room => ({ room, names: [room.name] }))
  return ranked(rooms, name => score(name, query), most).map(({ room }) => {
    const peer = peerOf(room)
    const src = room.avatarUrl ?? peer?.avatarUrl
    return { id: room.id, name: room.name, picture: peer?.id ?? room.id, src, square: room.kind !== 'direct' }
  })
}
