import type { MyRoom } from 'maru-client'
import { fit } from '@/composables/search'

export type Filter = 'all' | 'unread' | 'direct' | 'groups'
export type Row =
  | { kind: 'heading'; key: string; label: 'favourites' | 'others' }
  | { kind: 'hidden'; key: string; count: number; open: boolean }
  | { kind: 'room'; key: number; room: MyRoom }

const row = (room: MyRoom): Row => ({ kind: 'room', key: room.id, room })

/**
 * The rows of the list: favourites first, then the others, each with the newest activity first, then what is hidden, which opens.
 * By a name the best fit stands first, hidden or not.
 */
export function arrange(rooms: readonly MyRoom[], filter: Filter, query: string, hiddenOpen = false): Row[] {
  const passing = rooms.filter(room => passes(room, filter))
  if (query.trim()) {
    return passing.map(room => ({ room, fits: fit(room.name, query) })).filter(one => one.fits > 0)
      .sort((a, b) => b.fits - a.fits).map(one => row(one.room))
  }
  const shown = passing.filter(room => !room.settings?.hidden)
  const hidden = passing.filter(room => room.settings?.hidden)
  const favourites = shown.filter(room => room.settings?.favourite)
  return [
    ...(favourites.length > 0 ? [{ kind: 'heading', key: 'favourites', label: 'favourites' } as const] : []),
    ...favourites.map(row),
    ...(favourites.length > 0 && shown.length > favourites.length ? [{ kind: 'heading', key: 'others', label: 'others' } as const] : []),
    ...shown.filter(room => !room.settings?.favourite).map(row),
    ...(hidden.length > 0 ? [{ kind: 'hidden', key: 'hidden', count: hidden.length, open: hiddenOpen } as const] : []),
    ...(hiddenOpen ? hidden.map(row) : []),
  ]
}

/** The rooms in the order in which they stood, so that nothing moves under a pointer; those that have come since stand first. */
export function inOrder(rooms: readonly MyRoom[], order: ReadonlyMap<number, number>): MyRoom[] {
  const place = (room: MyRoom) => order.get(room.id) ?? -1
  return rooms.toSorted((a, b) => place(a) - place(b))
}

function passes(room: MyRoom, filter: Filter): boolean {
  switch (filter) {
    case 'all': return true
    case 'unread': return (room.unread ?? 0) > 0
    case 'direct': return room.kind === 'direct'
    case 'groups': return room.kind === 'group'
  }
}
