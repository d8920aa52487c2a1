import { Client, type IMessage } from '@stomp/stompjs'
import { guard } from './emitter.js'
import { isProblem, MaruProblem, type ProblemDetails } from './problem.js'
import { newTraceparent } from './trace.js'

export type WebSocketMaker = (url: string, protocols: string[]) => WebSocket

/** Why a connection ended, and after how many ms the server wants to see us again. */
export interface LinkEnd { problem: MaruProblem; retryAfterMs?: number | undefined }

type Headers = Record<string, string>
interface Waiting { done: (headers: Headers) => void; refused: (problem: MaruProblem) => void }

const connectTimeout = 15_000   // ms until CONNECTED
const goodbye = 5_000           // ms until the server's answer to DISCONNECT

/**
 * One connection, from its CONNECT to its end: it never connects again. Refused frames reject their own promise; when it ends, all that
 * wait are rejected as `offline`: whether they arrived is not known.
 */
export class Link {
  /** When the server was last heard, ms. */
  heard = Date.now()

  readonly #client: Client
  readonly #waiting = new Map<string, Waiting>()
  readonly #handlers = new Map<string, (body: string) => void>()
  readonly #leaving = new Map<string, Promise<unknown>>()
  readonly #wanted = new Map<string, (body: string) => void>()   // their id is still being given back
  #receipts = 0
  #ended = false
  #doomed = false   // ERROR came: the close follows, and nothing that is sent now arrives
  #end: LinkEnd = { problem: MaruProblem.offline() }

  constructor(
    url: string, token: string, make: WebSocketMaker, onUp: (link: Link) => void, private readonly onEnd: (end: LinkEnd) => void,
  ) {
    const socket = make(url, ['v12.stomp'])
    const client = this.#client = new Client({
      webSocketFactory: () => socket,
      connectHeaders: { Authorization: `Bearer ${token}` },
      reconnectDelay: 0,
      connectionTimeout: connectTimeout,
      // Browsers slow down the timers of hidden pages: the server pings instead, which needs none.
      heartbeatOutgoing: 0,
      heartbeatIncoming: 10_000,
      // A socket whose network is gone waits minutes for its close: it is left alone instead.
      discardWebsocketOnCommFailure: true,
      debug: () => undefined,
      // Else each frame is written out for `debug`.
      logRawCommunication: true,
    })
    client.onConnect = () => {
      client.subscribe('/user/queue/errors', message => this.#refused(message), { id: 'errors' })
      onUp(this)
    }
    client.onStompError = frame => this.#broken(problemOf(frame.body, frame.headers['message']), frame.headers)
    client.onWebSocketError = event => this.#noUpgrade(event)
    client.onWebSocketClose = () => this.#close()
    client.onHeartbeatReceived = () => { this.heard = Date.now() }
    client.onUnhandledReceipt = frame => {
      this.heard = Date.now()
      const waiting = this.#take(frame.headers['receipt-id'])
      if (waiting) guard(() => waiting.done(frame.headers))
    }
    client.onUnhandledMessage = message => this.#hear(message)
    client.activate()
  }

  get isUp(): boolean { return !this.#ended && !this.#doomed && this.#client.connected }

  /** Resolves with the headers of the RECEIPT: what was sent is durable then. */
  send(destination: string, body: unknown, headers: Headers = {}): Promise<Headers> {
    const traceparent = newTraceparent()
    return this.#ask(receipt =>
      this.#client.publish({ destination, body: JSON.stringify(body), headers: { ...headers, receipt, traceparent } }))
  }

  /** Sends what may be lost. */
  tell(destination: string, body: unknown): void {
    if (this.isUp) this.#client.publish({ destination, body: JSON.stringify(body) })
  }

  /**
   * Resolves when the subscription stands; what comes for it is passed on from its first message.
   * Where the id is being given back, the new one begins behind the last message of the old one.
   */
  async subscribe(id: string, destination: string, headers: Headers, handler: (body: string) => void): Promise<Headers> {
    const leaving = this.#leaving.get(id)
    if (leaving) {
      this.#wanted.set(id, handler)
      await leaving
      if (this.#wanted.get(id) !== handler) throw MaruProblem.offline()   // given up meanwhile
      this.#wanted.delete(id)
    }
    this.#handlers.set(id, handler)
    return await this.#ask(receipt => {
      this.#client.subscribe(destination, message => this.#hear(message), { ...headers, id, receipt })
    })
  }

  unsubscribe(id: string): void {
    this.#wanted.delete(id)
    if (!this.#handlers.delete(id) || !this.isUp) return
    const left = this.#ask(receipt => this.#client.unsubscribe(id, { receipt })).catch(() => undefined)
      .finally(() => { if (this.#leaving.get(id) === left) this.#leaving.delete(id) })
    this.#leaving.set(id, left)
  }

  /** Ends it: politely, or at once where the network is gone. */
  close(options: { force?: boolean } = {}): void {
    if (this.#ended) return
    const polite = this.#client.connected && !options.force
    this.#close()
    void this.#client.deactivate({ force: !polite })
    if (polite) unref(setTimeout(() => void this.#client.deactivate({ force: true }), goodbye))
  }

  #ask(run: (receipt: string) => void): Promise<Headers> {
    return new Promise((done, refused) => {
      if (!this.isUp) return refused(MaruProblem.offline())
      const receipt = String(++this.#receipts)
      this.#waiting.set(receipt, { done, refused })
      run(receipt)
    })
  }

  #take(receipt = ''): Waiting | undefined {
    const waiting = this.#waiting.get(receipt)
    this.#waiting.delete(receipt)
    return waiting
  }

  #hear(message: IMessage): void {
    this.heard = Date.now()
    const handler = this.#handlers.get(message.headers['subscription'] ?? '')
    if (handler) guard(() => handler(message.body))
  }

  #refused(message: IMessage): void {
    this.heard = Date.now()
    this.#take(message.headers['receipt-id'])?.refused(problemOf(message.body))
  }

  /** ERROR ends the connection. Where it names a frame, that frame alone is refused: sent again, it would end the next connection too. */
  #broken(problem: MaruProblem, headers: Headers): void {
    this.#doomed = true
    const after = Number(headers['retry-after'] ?? NaN)
    this.#end = { problem, retryAfterMs: Number.isFinite(after) ? after : problem.retryAfter && problem.retryAfter * 1000 }
    if (!perConnection.has(problem.type)) this.#take(headers['receipt-id'])?.refused(problem)
  }

  /** Node's WebSockets tell the status of a refused upgrade; browsers do not. The server asks for five seconds then. */
  #noUpgrade(event: { message?: unknown }): void {
    const [, status] = /\b(429|503)\b/.exec(String(event.message ?? '')) ?? []
    if (!status || this.#client.connected) return
    const type = status === '429' ? 'too-many-connections' : 'shutting-down'
    this.#end = { problem: new MaruProblem({ type, status: +status }), retryAfterMs: 5000 }
  }

  #close(): void {
    if (this.#ended) return
    this.#ended = true
    for (const waiting of this.#waiting.values()) waiting.refused(MaruProblem.offline())
    this.#waiting.clear()
    this.#handlers.clear()
    this.onEnd(this.#end)
  }
}

/** ERRORs about the connection, not about a frame. */
const perConnection = new Set(['unauthenticated', 'session-ended', 'shutting-down', 'heart-beat-lost', 'too-many-connections'])

/** A timer for which a program in Node does not go on running. */
export function unref(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}

function problemOf(body: string, slug = 'internal'): MaruProblem {
  try {
    const details: unknown = JSON.parse(body)
    if (isProblem(details)) return new MaruProblem(details as ProblemDetails)
  } catch {
    // no JSON: the slug has to do
  }
  return new MaruProblem({ type: slug })
}
