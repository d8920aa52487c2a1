import type { MyRoom } from './types.js'

/** Rooms by their last activity, the newest first. */
export class RoomOrder {
  private readonly rooms = new Map<number, { room: MyRoom; at: number }>()
  private sorted: number[] = []
  private shown: readonly MyRoom[] | undefined

  /** With those that were hidden since the list was read. */
  get items(): readonly MyRoom[] {
    return (this.shown ??= this.sorted.flatMap((id) => this.get(id) ?? []))
  }

  get(roomId: number): MyRoom | undefined {
    return this.rooms.get(roomId)?.room
  }

  newest(count: number): number[] {
    return this.sorted.slice(0, count)
  }

  /** Takes a list in the order of the server. What the log has told beyond it stays. */
  reset(rooms: readonly MyRoom[]): void {
    const old = new Map(this.rooms)
    this.rooms.clear()
    let before = Date.now()
    for (const room of rooms) {
      // A room in which nobody has written has no time that is known here: its place in the list has to do.
      const at = room.lastMessage ? Math.min(before, Date.parse(room.lastMessage.at)) : before - 1
      before = at
      const known = old.get(room.id)
      const newer = known && known.room.lastSeq > room.lastSeq
      this.rooms.set(room.id, newer ? { ...known, at: Math.max(at, known.at) } : { room, at })
    }
    this.sorted = [...this.rooms.keys()].sort((a, b) => this.at(b) - this.at(a))
    this.shown = undefined
  }

  /** Puts a room in, or another state of it; with `at` it had activity then. */
  set(room: MyRoom, at?: number): void {
    const had = this.rooms.get(room.id)
    const time = at ?? had?.at ?? (room.lastMessage ? Date.parse(room.lastMessage.at) : 0)
    this.rooms.set(room.id, { room, at: time })
    this.shown = undefined
    if (had && (time === had.at || (time > had.at && this.sorted[0] === room.id))) return
    if (had) this.sorted.splice(this.sorted.indexOf(room.id), 1)
    let place = 0
    while (place < this.sorted.length && this.at(this.sorted[place] as number) > time) place++
    this.sorted.splice(place, 0, room.id)
  }

  delete(roomId: number): void {
    if (!this.rooms.delete(roomId)) return
    this.sorted.splice(this.sorted.indexOf(roomId), 1)
    this.shown = undefined
  }

  private at(roomId: number): number {
    return this.rooms.get(roomId)?.at ?? 0
  }
}
