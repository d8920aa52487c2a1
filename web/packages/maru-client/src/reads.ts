import type { Connection } from './connection.js'
import { MaruProblem } from './problem.js'
import type { Session } from './session.js'

const pause = 300      // ms in which moves of the read position are gathered
const again = 2_000    // ms after which one that the server could not take is said again

/** How far somebody has read, told to the server: the newest position of each room, until it is durable. */
export class Reads {
  readonly #waiting = new Map<number, number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly connection: Connection, session: Session) {
    connection.on('up', () => this.#soon(0))
    session.on('change', () => { if (session.state !== 'in') this.#waiting.clear() })
  }

  move(roomId: number, seq: number): void {
    if ((this.#waiting.get(roomId) ?? 0) >= seq) return
    this.#waiting.set(roomId, seq)
    this.#soon(pause)
  }

  #soon(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#say()
    }, ms)
  }

  #say(): void {
    const { link } = this.connection
    if (!link) return   // said when the next connection stands
    for (const [roomId, seq] of this.#waiting) {
      link.send(`/app/rooms/${roomId}/read`, { seq }).then(
        () => { if (this.#waiting.get(roomId) === seq) this.#waiting.delete(roomId) },
        (error: unknown) => {
          const problem = error instanceof MaruProblem ? error : MaruProblem.offline(error)
          if (!problem.transient) this.#waiting.delete(roomId)
          else if (problem.type !== 'offline') this.#soon((problem.retryAfter ?? 0) * 1000 || again)
        },
      )
    }
  }
}
