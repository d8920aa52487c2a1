import type { Connection } from './connection.js'
import { Emitter } from './emitter.js'

const again = 3000    // ms after which it is said again
const over = 10_000   // ms after which somebody of whom nothing more came types no longer

/** Who types where: what we say of ourselves, and what others say. */
export class Typing extends Emitter<{ change: number }> {
  readonly #rooms = new Map<number, Map<number, ReturnType<typeof setTimeout>>>()
  readonly #said = new Map<number, number>()

  constructor(private readonly connection: Connection) {
    super()
    connection.on('down', () => this.#said.clear())
  }

  /** Say it at each stroke: it goes out as often as it has to. */
  say(roomId: number, typing: boolean): void {
    const last = this.#said.get(roomId)
    if (typing ? last !== undefined && Date.now() - last < again : last === undefined) return
    if (typing) this.#said.set(roomId, Date.now())
    else this.#said.delete(roomId)
    this.connection.link?.tell(`/app/rooms/${roomId}/typing`, { typing })
  }

  /** A message went out, which ends it. */
  sent(roomId: number): void { this.#said.delete(roomId) }

  of(roomId: number): number[] { return [...this.#rooms.get(roomId)?.keys() ?? []] }

  hear(roomId: number, userId: number, typing: boolean): void {
    const people = this.#rooms.get(roomId) ?? new Map<number, ReturnType<typeof setTimeout>>()
    const known = people.has(userId)
    clearTimeout(people.get(userId))
    if (typing) people.set(userId, setTimeout(() => this.hear(roomId, userId, false), over))
    else people.delete(userId)
    if (people.size > 0) this.#rooms.set(roomId, people)
    else this.#rooms.delete(roomId)
    if (known !== typing) this.emit('change', roomId)
  }
}
