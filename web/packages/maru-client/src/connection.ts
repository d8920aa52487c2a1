import { Emitter } from './emitter.js'
import { Link, unref, type LinkEnd, type WebSocketMaker } from './link.js'
import { MaruProblem } from './problem.js'
import type { Session } from './session.js'

export type ConnectionState =
  | { kind: 'offline' }                                      // not wanted: nobody is signed in, or stop() was called
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'waiting'; retryAt: number; reason: string }     // until then (ms), for this slug

const first = 2_000, longest = 30_000   // ms of back-off: the clients of a dead node come spread over the first of it
const stable = 10_000                   // ms after which a connection counts as good, and the back-off begins anew
const patience = 15_000                 // ms that a replaced connection has to say what is on its way
const silence = 15_000                  // ms without a heart-beat (one in ten seconds) after which somebody who looks waits no longer
const soon = 120_000                    // ms before the end of its token in which a connection is replaced

/** What does not pass by itself in a moment. */
const stubborn = new Set(['too-many-connections', 'bad-frame', 'connect-first', 'unsupported-version', 'forbidden'])

type Timer = ReturnType<typeof setTimeout>

/**
 * Keeps one connection while somebody is signed in. After a loss it comes again with full jitter, so that thousands do not come at
 * once, and not before the server said. Before the token expires a new connection is made, and the old one goes when the new one stands.
 */
export class Connection extends Emitter<{ change: void; up: Link; down: void }> {
  state: ConnectionState = { kind: 'offline' }
  /** The present connection, while it stands. */
  link: Link | null = null

  #wanted = false
  #attempt = 0
  #upAt = 0
  #refused = false                         // the token, since a connection stood
  #notBefore = 0                           // as the server wishes
  #making: Link | null = null
  #token = { madeAt: 0, expiresAt: 0 }     // of the present link
  #timer: Timer | undefined
  #renewal: Timer | undefined
  readonly #leaving = new Map<Link, Timer>()

  constructor(
    private readonly url: string, private readonly session: Session, private readonly make: WebSocketMaker,
    private readonly random: () => number,
  ) {
    super()
    session.on('token', () => this.#plan())
  }

  start(): void {
    if (this.#wanted) return
    this.#wanted = true
    this.#attempt = 0
    void this.#connect()
  }

  stop(): void {
    this.#wanted = false
    clearTimeout(this.#timer)
    clearTimeout(this.#renewal)
    this.#making?.close()
    this.#making = null
    for (const [link, timer] of this.#leaving) {
      clearTimeout(timer)
      link.close()
    }
    this.#leaving.clear()
    this.#drop()
    this.#set({ kind: 'offline' })
  }

  /** The network is back, or somebody looks: do not wait, but where the server said so, and do not trust a silent connection. */
  wake(): void {
    if (!this.#wanted) return
    if (this.link && Date.now() - this.link.heard > silence && !this.#making) {
      this.#drop({ force: true })
      void this.#connect()
    } else if (this.state.kind === 'waiting' && Date.now() >= this.#notBefore) {
      clearTimeout(this.#timer)
      void this.#connect()
    }
  }

  async #connect(): Promise<void> {
    if (!this.#wanted || this.#making || this.link) return
    this.#set({ kind: 'connecting' })
    let token: string | null
    try {
      token = await this.session.token()
    } catch (error) {
      const problem = error instanceof MaruProblem ? error : MaruProblem.offline(error)
      return this.#wait({ problem, retryAfterMs: problem.retryAfter && problem.retryAfter * 1000 })
    }
    if (!this.#wanted || this.#making || this.link) return
    if (token === null) return this.stop()
    this.#open(token)
  }

  #open(token: string): void {
    const { expiresAt } = this.session
    let link: Link | null = null
    let early: LinkEnd | null = null
    try {
      link = this.#making = new Link(this.url, token, this.make, up => this.#up(up, expiresAt), end => {
        if (link) this.#ended(link, end)
        else early = end
      })
    } catch (error) {
      // The browser takes no such WebSocket, as where a policy of the page forbids it.
      if (!this.link) this.#wait({ problem: MaruProblem.offline(error) })
      return
    }
    if (early) this.#ended(link, early)
  }

  #up(link: Link, expiresAt: number): void {
    if (link !== this.#making) return link.close()
    const before = this.link
    this.#making = null
    this.link = link
    this.#upAt = Date.now()
    this.#refused = false
    this.#token = { madeAt: this.#upAt, expiresAt }
    this.emit('up', link)
    this.#set({ kind: 'online' })
    this.#plan()
    // What the old one was asked is answered there.
    if (before) {
      this.#leaving.set(before, unref(setTimeout(() => {
        this.#leaving.delete(before)
        before.close()
      }, patience)))
    }
  }

  /** Replaces the connection in good time. A fresh token alone is no reason: other tabs, and refused requests, bring some too. */
  #plan(): void {
    clearTimeout(this.#renewal)
    if (!this.link) return
    const { madeAt, expiresAt } = this.#token
    const window = Math.min(soon, (expiresAt - madeAt) / 2)
    const left = expiresAt - Date.now()
    if (this.session.expiresAt > expiresAt && left <= window) return this.#replace()
    this.#renewal = unref(setTimeout(() => this.#replace(), Math.max(1000, left - window * (1 + this.random()) / 4)))
  }

  /** Make before break: nothing is missed, and nobody sees it. Where the new one fails, the old one goes on until it ends. */
  #replace(): void {
    if (this.#making || !this.link) return
    const fresh = this.session.expiresAt > this.#token.expiresAt ? Promise.resolve() : this.session.refresh()
    fresh.then(() => this.session.token()).then(token => {
      if (token && this.#wanted && this.link && !this.#making) this.#open(token)
    }, () => undefined)
  }

  /** Lets go of the present connection without waiting for its end. */
  #drop(how?: { force: boolean }): void {
    const { link } = this
    this.link = null
    link?.close(how)
    if (link) this.emit('down', undefined)
  }

  #ended(link: Link, end: LinkEnd): void {
    if (link === this.#making) {
      this.#making = null
      if (this.link) return this.#plan()
    } else if (link === this.link) {
      this.link = null
      if (Date.now() - this.#upAt >= stable) this.#attempt = 0
      this.emit('down', undefined)
      if (this.#making) return this.#set({ kind: 'connecting' })
    } else return   // a replaced one

    if (!this.#wanted) return
    if (end.problem.type === 'session-ended') {
      this.session.end('session-ended')
      return this.stop()
    }
    if (end.problem.type === 'unauthenticated' && !this.#refused) {
      this.#refused = true
      this.#set({ kind: 'connecting' })
      this.session.refresh().then(() => this.#connect(), () => { if (this.session.state === 'in') this.#wait(end) })
      return
    }
    this.#wait(end)
  }

  #wait(end: LinkEnd): void {
    if (!this.#wanted) return
    const most = stubborn.has(end.problem.type) ? longest : Math.min(longest, first * 2 ** this.#attempt++)
    const least = end.retryAfterMs ?? 0
    const ms = least + this.random() * most
    this.#notBefore = Date.now() + least
    this.#set({ kind: 'waiting', retryAt: Date.now() + ms, reason: end.problem.type })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { void this.#connect() }, ms)
  }

  #set(state: ConnectionState): void {
    if (state.kind === this.state.kind && state.kind !== 'waiting') return
    this.state = state
    this.emit('change', undefined)
  }
}
