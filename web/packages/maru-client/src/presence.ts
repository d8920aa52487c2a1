import type { Connection } from './connection.js'
import { Emitter } from './emitter.js'
import type { Link } from './link.js'
import { MaruProblem } from './problem.js'
import type { Presence } from './types.js'

const most = 200     // people whom a connection watches
const again = 60_000 // ms after which what is still so is said again
const pause = 250    // ms in which changes of who is watched are gathered

/** Who of the people on the screen is there. */
export class PresenceWatch extends Emitter<{ change: number }> {
  readonly #states = new Map<number, Presence>()
  readonly #watches = new Set<readonly number[]>()
  #asked: ReadonlySet<number> = new Set()   // on the present connection
  #away = false
  #said: boolean | undefined   // of #away, on the present connection
  #saidAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly connection: Connection) {
    super()
    connection.on('up', link => {
      this.#asked = new Set()
      this.#ask(link)
      // Who was gone for long is there again with a new connection; who left this client alone is not.
      this.#said = undefined
      if (this.#away) this.#say(true)
    })
  }

  of(userId: number): Presence | undefined { return this.#states.get(userId) }

  /** Watches these people, until the function that comes back is called. Of more than 200 in all, the newest watches count. */
  watch(userIds: readonly number[]): () => void {
    const watch = [...userIds]
    this.#watches.add(watch)
    this.#soon()
    return () => { if (this.#watches.delete(watch)) this.#soon() }
  }

  /** The person left this client alone, or is there: said again each minute, since who only reads would count as away. */
  away(): void { this.#say(true) }
  back(): void {
    if (Date.now() - this.#saidAt > again) this.#said = undefined
    this.#say(false)
  }

  #say(away: boolean): void {
    this.#away = away
    const { link } = this.connection
    if (!link || away === this.#said) return
    this.#said = away
    this.#saidAt = Date.now()
    link.tell('/app/presence', { state: away ? 'away' : 'online' })
  }

  #soon(ms = pause): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (this.connection.link) this.#ask(this.connection.link)
    }, ms)
  }

  #ask(link: Link): void {
    const ids = new Set<number>()
    for (const watch of [...this.#watches].reverse()) for (const id of watch) if (ids.size < most) ids.add(id)
    // Those whom nobody watches any more may stay: asking anew costs more than hearing of them.
    if (ids.size > 0 && [...ids].every(id => this.#asked.has(id))) return
    if (ids.size === 0 && this.#asked.size === 0) return
    this.#asked = ids
    for (const id of this.#states.keys()) if (!ids.has(id)) this.#states.delete(id)
    if (ids.size === 0) return link.unsubscribe('presence')
    const users = [...ids].sort((a, b) => a - b).join(',')
    link.subscribe('presence', '/user/queue/presence', { users }, body => {
      const { userId, state, lastSeenAt } = JSON.parse(body) as Presence
      this.#states.set(userId, { userId, state, ...(lastSeenAt ? { lastSeenAt } : {}) })
      this.emit('change', userId)
    }).catch((error: unknown) => {
      if (this.#asked !== ids || !(error instanceof MaruProblem) || error.type === 'offline') return
      this.#asked = new Set()
      if (error.transient) this.#soon((error.retryAfter ?? 1) * 1000)
    })
  }
}
