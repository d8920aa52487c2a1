import { createApi, take, type Api } from './api.js'
import { Emitter } from './emitter.js'
import { unref } from './link.js'
import { MaruProblem } from './problem.js'
import { Tabs, type Channel, type Grant, type Locks, type TabMessage } from './tabs.js'
import type { User } from './types.js'

/** Where the refresh token is: in the memory of this program, or in an HttpOnly cookie that the server sets for its own pages. */
export type RefreshWay = 'token' | 'cookie'

/** Proves to the server that this device is known: kept by handle, beyond the end of a session. */
export interface DeviceTokens { get(handle: string): string | undefined; set(handle: string, token: string): void }

export interface SessionOptions {
  url: string
  refresh: RefreshWay
  fetch: typeof globalThis.fetch
  locks?: Locks | undefined
  channel?: Channel | undefined
  deviceTokens?: DeviceTokens | undefined
  /** The name of this session in the list of sessions. */
  device?: string | undefined
  /** 0 ≤ x < 1, for the jitter. */
  random?: (() => number) | undefined
}

interface Answer { user: User; accessToken: string; refreshToken?: string; expiresIn: number; deviceToken?: string }
type Timer = ReturnType<typeof setTimeout>

const early = 60_000      // ms before its end at which an access token is replaced
const repeats = [300, 1000, 2500]   // ms after which a refresh without an answer is repeated: all within the server's grace of ten seconds
const spare = 5_000       // ms that a token must be good for when it is used
const later = 5_000       // ms after which a refresh that failed is tried again

/**
 * Who is signed in. The access token is in memory alone. It is replaced a minute before it expires, by one tab of a browser: the tab that
 * holds the lock refreshes, and tells the others.
 */
export class Session extends Emitter<{ change: void; token: void; ended: { reason: string } }> {
  state: 'unknown' | 'out' | 'in' = 'unknown'
  /** Whom the server knows us as. Their own changes come by profile.changed. */
  user: User | null = null

  readonly #options: SessionOptions
  readonly #api: Api
  readonly #tabs: Tabs
  #grant: Grant | null = null
  #refreshToken: string | null = null
  #refreshing: Promise<Grant> | null = null
  #timer: Timer | undefined
  #era = 0   // moves with each end: what was asked before has no say any more

  constructor(options: SessionOptions) {
    super()
    this.#options = options
    this.#api = createApi(options.url, { token: async () => null, renew: async () => null }, options.fetch)
    this.#tabs = new Tabs(options.locks, options.channel, message => this.#hear(message))
  }

  /** The refresh token, for programs that keep it; null with the cookie. */
  get refreshToken(): string | null { return this.#refreshToken }

  /** When the access token ends, ms; 0 where there is none. */
  get expiresAt(): number { return this.#grant?.expiresAt ?? 0 }

  /** Goes on with a session of before, by the cookie or by its refresh token. False: sign in. Throws `offline` when nobody answers. */
  async restore(refreshToken?: string): Promise<boolean> {
    if (this.#grant) return true
    this.#refreshToken = refreshToken ?? this.#refreshToken
    if (this.#options.refresh === 'token' && !this.#refreshToken) return this.#out()
    try {
      await this.refresh()
      return true
    } catch (error) {
      if (error instanceof MaruProblem && error.status === 401) return this.#out()
      throw error
    }
  }

  async signUp(account: { handle: string; name: string; password: string; email?: string }): Promise<void> {
    this.#enter(await take(this.#api.POST('/api/auth/signup', { body: { ...account, ...this.#way() } })), account.handle)
  }

  async logIn(handle: string, password: string): Promise<void> {
    const deviceToken = this.#options.deviceTokens?.get(handle)
    const body = { handle, password, ...(deviceToken ? { deviceToken } : {}), ...this.#way() }
    this.#enter(await take(this.#api.POST('/api/auth/login', { body })), handle)
  }

  async guest(name: string): Promise<void> {
    this.#enter(await take(this.#api.POST('/api/auth/guest', { body: { name, ...this.#way() } })), '')
  }

  /** Ends the session here and on the server. Where the server does not answer, it throws and the session stays. */
  async logOut(): Promise<void> {
    const token = await this.token()
    if (token) {
      const { error, response } = await this.#api.POST('/api/auth/logout', { headers: { Authorization: `Bearer ${token}` } })
      if (!response.ok && response.status !== 401) throw MaruProblem.from(error, response)
    }
    this.end('signed-out')
  }

  /** It is over, as the server said or this person wished. Other tabs hear of it. */
  end(reason: string): void {
    if (this.state === 'out') return
    this.#tabs.tell({ type: 'out', reason, userId: this.user?.id })
    this.#end(reason)
  }

  /** A token that is good for some seconds at least; null when nobody is signed in. */
  async token(): Promise<string | null> {
    if (!this.#grant) return null
    if (this.#grant.expiresAt - Date.now() > Math.min(spare, this.#grant.life / 4)) return this.#grant.accessToken
    return (await this.refresh()).accessToken
  }

  /** The token was refused: another one, or null, and then the session is over. */
  async renew(refused: string): Promise<string | null> {
    if (this.#grant && this.#grant.accessToken !== refused) return this.#grant.accessToken
    if (this.state !== 'in') return null
    try {
      return (await this.refresh()).accessToken
    } catch (error) {
      if (error instanceof MaruProblem && error.status === 401) return null
      throw error
    }
  }

  /** Replaces the access token. One request at a time, in all tabs. */
  refresh(): Promise<Grant> {
    this.#refreshing ??= this.#refreshAlone().finally(() => { this.#refreshing = null })
    return this.#refreshing
  }

  #refreshAlone(): Promise<Grant> {
    const before = this.#grant, era = this.#era
    // While this tab waited for its turn, another one may have refreshed.
    const fresh = () => this.#grant !== before ? this.#grant : null
    return this.#tabs.alone(async () => {
      if (!fresh()) await this.#tabs.ask(done => this.on('token', done))
      return fresh() ?? await this.#exchange(era)
    })
  }

  /** Where the answer is lost, the exchange is repeated while the server still gives the same one: later it would end the session. */
  async #exchange(era: number): Promise<Grant> {
    for (const pause of [...repeats, null]) {
      if (era !== this.#era) break
      try {
        const body = this.#proof() as { refreshToken: string }
        const { data, error, response } = await this.#api.POST('/api/auth/refresh', { body })
        if (era !== this.#era) break
        if (response.ok) return this.#enter(data as Answer)
        throw MaruProblem.from(error, response)
      } catch (error) {
        const problem = error instanceof MaruProblem ? error : MaruProblem.offline(error)
        if (problem.status === 401 && this.state === 'in' && era === this.#era) this.end(problem.type)
        if (pause === null || !lostAnswer.has(problem.type)) throw problem
        await new Promise(done => setTimeout(done, pause * (1 + this.#random() / 2)))
      }
    }
    throw new MaruProblem({ type: 'session-ended', status: 401 })
  }

  #random(): number { return (this.#options.random ?? Math.random)() }

  #proof() { return this.#options.refresh === 'cookie' ? {} : { refreshToken: this.#refreshToken } }

  #way() {
    const { refresh, device } = this.#options
    return { ...(refresh === 'cookie' ? { cookie: true } : {}), ...(device ? { device } : {}) }
  }

  /** @param signedInAs what somebody signed in with; undefined where the session only goes on */
  #enter(answer: Answer, signedInAs?: string): Grant {
    if (this.state === 'in' && this.user?.id !== answer.user.id && signedInAs === undefined) {
      // The cookie is another person's now: what waits here is not theirs to send.
      this.#end('signed-in-elsewhere')
      throw new MaruProblem({ type: 'session-ended', status: 401 })
    }
    if (answer.refreshToken) this.#refreshToken = answer.refreshToken
    if (answer.deviceToken) {
      this.#options.deviceTokens?.set(answer.user.handle, answer.deviceToken)
      if (signedInAs && signedInAs !== answer.user.handle) this.#options.deviceTokens?.set(signedInAs, answer.deviceToken)
    }
    const life = answer.expiresIn * 1000
    const grant = { user: answer.user, accessToken: answer.accessToken, expiresAt: Date.now() + life, life }
    this.#tabs.tell({ type: 'grant', grant })
    this.#take(grant)
    return grant
  }

  #take(grant: Grant): void {
    const isNew = this.state !== 'in' || this.user?.id !== grant.user.id
    this.#grant = grant
    this.user = grant.user
    this.state = 'in'
    // Tabs and devices do not all come at once.
    const life = grant.expiresAt - Date.now()
    this.#renewIn(life - Math.min(early, life / 2) * (1 + this.#random() / 2))
    this.emit('token', undefined)
    if (isNew) this.emit('change', undefined)
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = unref(setTimeout(() => {
      this.refresh().catch(() => { if (this.state === 'in') this.#renewIn(later * (1 + this.#random())) })
    }, Math.max(1000, ms)))
  }

  #hear(message: TabMessage): void {
    if (message.type === 'ask') {
      if (this.#grant && this.#grant.expiresAt - Date.now() > 2 * early) {
        this.#tabs.tell({ type: 'grant', grant: this.#grant })
      }
    } else if (message.type === 'out') {
      if (this.state === 'in' && message.userId === this.user?.id) this.#end(message.reason)
    } else if (this.user && this.user.id !== message.grant.user.id) {
      // Somebody else signed in in another tab: this one's session is theirs now, as the cookie is.
      this.#end('signed-in-elsewhere')
    } else if (this.state !== 'out' || this.#options.refresh === 'cookie') {
      if (message.grant.expiresAt > (this.#grant?.expiresAt ?? 0)) this.#take(message.grant)
    }
  }

  #end(reason: string): void {
    const was = this.state
    this.#forget()
    if (was === 'in') this.emit('ended', { reason })
    this.emit('change', undefined)
  }

  #out(): false {
    this.#forget()
    this.emit('change', undefined)
    return false
  }

  #forget(): void {
    this.#era++
    clearTimeout(this.#timer)
    this.#grant = null
    this.#refreshToken = null
    this.user = null
    this.state = 'out'
  }
}

/** The exchange may have been made all the same. */
const lostAnswer = new Set(['offline', 'unavailable', 'internal'])
