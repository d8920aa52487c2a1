import type { Connection } from './connection.js'
import { Emitter } from './emitter.js'
import { MaruProblem, type ProblemDetails } from './problem.js'
import { hex } from './trace.js'
import type { FileInfo } from './types.js'

/** A message that is not in the log yet. Immutable: each change makes a new one. */
export interface Pending {
  /** The idempotency key: the server takes the message once, however often it is sent. */
  readonly key: string
  readonly roomId: number
  readonly text: string
  /** What was uploaded for it. */
  readonly files?: readonly FileInfo[]
  readonly replyTo?: number
  readonly forward?: { readonly roomId: number; readonly seq: number }
  /** When it was written, ms. */
  readonly at: number
  /** `sent`: it is durable, and comes by the room's log in a moment. */
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed'
  readonly seq?: number
  /** Why it failed, or waits longer than for the network. */
  readonly problem?: ProblemDetails
  /** ms: not before then. */
  readonly retryAt?: number
}

/** Where messages wait, beyond the end of this program. */
export interface OutboxStore {
  /** What waits, from before; also later, when a tab died that had some. Called with nothing left out and nothing twice. */
  adopt(take: (pending: readonly Pending[]) => void): void
  put(pending: Pending): Promise<void>
  remove(key: string): Promise<void>
}

export interface NewMessage {
  roomId: number
  /** May be empty where there are files. */
  text: string
  /** What `files.upload` returned, ten at most. */
  files?: readonly FileInfo[] | undefined
  replyTo?: number | undefined
  forward?: { roomId: number; seq: number } | undefined
  /** An idempotency key that the caller made with `newKey`, as for a message that was shown before its files were there. */
  key?: string | undefined
}

const most = 1000    // messages that wait
const slowest = 60   // s after which a message that the server cannot take now is tried again

/**
 * The messages that were written and are not in the log yet. Of each room they go out one after the other, in the order in which they were
 * written, until the server said that they are stored: over as many connections as it takes, with the same key.
 */
export class Outbox extends Emitter<{
  /** What waits in this room has changed. */
  change: number
  /** The server has stored it, at `seq`. */
  sent: Pending
}> {
  readonly #rooms = new Map<number, Pending[]>()
  readonly #busy = new Map<number, string>()   // room → key of the one that is on its way
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()
  readonly #tries = new Map<string, number>()   // by key: how often the server refused for now
  #count = 0

  constructor(
    private readonly connection: Connection, private readonly store: OutboxStore, private readonly random: () => number = Math.random,
  ) {
    super()
    connection.on('up', () => this.#sendAll())
    connection.on('down', () => {
      this.#busy.clear()
      for (const room of this.#rooms.values()) for (const one of room) if (one.state === 'sending') this.#replace(one, { state: 'waiting' })
    })
    store.adopt(pending => this.#adopt(pending))
  }

  /** What waits in a room, in order. The array is a new one after each change. */
  of(roomId: number): readonly Pending[] { return this.#rooms.get(roomId) ?? none }

  /** How many messages are not with the server yet, failed ones too. */
  get size(): number { return this.#count }

  send(message: NewMessage): Pending {
    if (this.#count >= most) throw new MaruProblem({ type: 'outbox-full', title: 'Too many messages wait to be sent.' })
    const { roomId, text, files = [], replyTo, forward, key = newKey() } = message
    const pending: Pending = {
      key, roomId, text, at: Date.now(), state: 'waiting', ...(files.length > 0 ? { files } : {}),
      ...(replyTo === undefined ? {} : { replyTo }), ...(forward ? { forward } : {}),
    }
    this.#add(pending)
    // It goes out at once; should this program end before it is kept, and before it is sent, the person saw it waiting.
    void this.store.put(pending).catch(() => undefined)
    this.#send(roomId)
    return pending
  }

  /** Sends one that failed again, behind those that wait. */
  retry(key: string): void {
    const pending = this.#find(key)
    if (pending?.state !== 'failed') return
    const again = due(pending, 'waiting')
    this.#set(pending.roomId, [...this.of(pending.roomId).filter(one => one.key !== key), again])
    void this.store.put(again).catch(() => undefined)
    this.#send(pending.roomId)
  }

  /** Takes back one that was not sent. One that is on its way may arrive all the same. */
  discard(key: string): void {
    const pending = this.#find(key)
    if (pending) this.#drop(pending)
  }

  /** The log has it: from here on it is a message. */
  arrived(key: string, seq: number): void {
    this.#sent(key, seq)   // where the RECEIPT comes behind the log's entry, or never
    const pending = this.#find(key)
    if (pending) this.#drop(pending)
  }

  /** The room's log is beyond this seq for all who read it: what was sent before it does not come there any more. */
  passed(roomId: number, seq: number): void {
    for (const pending of this.of(roomId)) if (pending.state === 'sent' && (pending.seq ?? 0) <= seq) this.#drop(pending)
  }

  /** Another person signed in: what waits is not theirs, and stays in the store for its own. */
  leave(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#busy.clear()
    this.#tries.clear()
    this.#count = 0
    for (const roomId of [...this.#rooms.keys()]) this.#set(roomId, [])
  }

  /** Forgets all, as when somebody signs out. */
  clear(): void {
    for (const room of [...this.#rooms.values()]) for (const pending of room) this.#drop(pending)
  }

  #adopt(pending: readonly Pending[]): void {
    for (const one of [...pending].sort((a, b) => a.at - b.at)) {
      if (this.#find(one.key)) continue
      this.#add(one.state === 'failed' ? one : { ...one, state: 'waiting' })
    }
    this.#sendAll()
  }

  #sendAll(): void {
    this.#busy.clear()
    for (const roomId of this.#rooms.keys()) this.#send(roomId)
  }

  #send(roomId: number): void {
    const { link } = this.connection
    if (!link?.isUp || this.#busy.has(roomId)) return
    const next = this.of(roomId).find(one => one.state === 'waiting' || one.state === 'sending')
    if (!next) return
    if (next.retryAt && next.retryAt > Date.now()) return this.#later(roomId, next.retryAt)
    this.#busy.set(roomId, next.key)
    this.#replace(next, due(next, 'sending'), true)
    const body = bodyOf(next)
    const isMine = () => this.#busy.get(roomId) === next.key && this.connection.link === link
    link.send(`/app/rooms/${roomId}/messages`, body, { 'client-key': next.key }).then(
      headers => {
        if (isMine()) this.#busy.delete(roomId)
        this.#sent(next.key, Number(headers['seq']))
        this.#send(roomId)
      },
      (error: MaruProblem) => {
        if (!isMine()) return   // another connection has it now
        this.#busy.delete(roomId)
        this.#refused(next.key, error)
        if (error.type !== 'offline') this.#send(roomId)   // else the next connection does
      },
    )
  }

  #sent(key: string, seq: number): void {
    const pending = this.#find(key)
    if (!pending || pending.state === 'sent') return
    void this.store.remove(key).catch(() => undefined)
    this.#replace(pending, { state: 'sent', seq })
    this.emit('sent', this.#find(key) ?? pending)
  }

  #refused(key: string, error: MaruProblem): void {
    const pending = this.#find(key)
    if (!pending) return
    const problem = {
      type: error.type, title: error.title, ...(error.detail ? { detail: error.detail } : {}),
      ...(error.status ? { status: error.status } : {}), ...(error.traceId ? { traceId: error.traceId } : {}),
    }
    if (pending.state !== 'sending') return
    if (error.type === 'offline') return this.#replace(pending, { state: 'waiting' })
    if (error.transient) {
      const tries = this.#tries.get(key) ?? 0
      this.#tries.set(key, tries + 1)
      const seconds = error.retryAfter ?? Math.min(slowest, 2 ** tries)
      const retryAt = Date.now() + seconds * 1000 * (1 + this.random() / 4)
      return this.#replace(pending, { state: 'waiting', problem, retryAt })
    }
    this.#replace(pending, { state: 'failed', problem })
    const failed = this.#find(key)
    if (failed) void this.store.put(failed).catch(() => undefined)
  }

  #later(roomId: number, at: number): void {
    clearTimeout(this.#timers.get(roomId))
    this.#timers.set(roomId, setTimeout(() => this.#send(roomId), Math.max(50, at - Date.now())))
  }

  #find(key: string): Pending | undefined {
    for (const room of this.#rooms.values()) {
      const found = room.find(one => one.key === key)
      if (found) return found
    }
    return undefined
  }

  #add(pending: Pending): void {
    this.#count++
    this.#set(pending.roomId, [...this.of(pending.roomId), pending])
  }

  #drop(pending: Pending): void {
    this.#count--
    this.#tries.delete(pending.key)
    if (this.#busy.get(pending.roomId) === pending.key) this.#busy.delete(pending.roomId)
    void this.store.remove(pending.key).catch(() => undefined)
    this.#set(pending.roomId, this.of(pending.roomId).filter(one => one.key !== pending.key))
    this.#send(pending.roomId)
  }

  #replace(pending: Pending, change: Partial<Pending>, whole = false): void {
    const next = whole ? change as Pending : { ...pending, ...change }
    this.#set(pending.roomId, this.of(pending.roomId).map(one => one.key === pending.key ? next : one))
  }

  #set(roomId: number, pending: Pending[]): void {
    if (pending.length > 0) this.#rooms.set(roomId, pending)
    else this.#rooms.delete(roomId)
    this.emit('change', roomId)
  }
}

const none: readonly Pending[] = []

/** Without what the server said of the last time. */
function due(pending: Pending, state: 'waiting' | 'sending'): Pending {
  const next: { -readonly [Name in keyof Pending]: Pending[Name] } = { ...pending, state }
  delete next.problem
  delete next.retryAt
  return next
}

function bodyOf({ text, files, replyTo, forward }: Pending): object {
  if (forward) return { forward }
  return { text, ...(files ? { files: files.map(file => file.id) } : {}), ...(replyTo === undefined ? {} : { replyTo }) }
}

/** 128 random bits. */
export function newKey(): string {
  return hex(16)
}

/** Keeps nothing: what waits is lost with the program. */
export const memoryStore: OutboxStore = { adopt: () => undefined, put: async () => undefined, remove: async () => undefined }
