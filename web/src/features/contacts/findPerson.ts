import { take, type User } from 'maru-client'
import { maru } from '@/client'

const mostPages = 10

/** Somebody of whom only the id is known, a mention say: the server tells of people by the rooms that they share. */
export async function findPerson(id: number, roomId: number): Promise<User | undefined> {
  for (let pages = 0, after: string | undefined; pages < mostPages; pages++) {
    const params = { path: { roomId }, query: { limit: 200, ...(after ? { after } : {}) } }
    const page = await take(maru.api.GET('/api/rooms/{roomId}/members', { params }))
    const found = page.items.find(one => one.id === id)
    if (found || !page.next) return found
    after = page.next
  }
  return undefined
}
