import type { User } from './types.js'

/** The shape of the browser's Web Locks. */
export interface Locks { request<T>(name: string, run: () => Promise<T>): Promise<T> }
/** The shape of a BroadcastChannel: what one tab posts, the others get. */
export interface Channel { postMessage(message: unknown): void; onmessage: ((event: { data: unknown }) => void) | null }

/** An access token: whose, until when (ms), and how long it was good at first. */
export interface Grant { user: User; accessToken: string; expiresAt: number; life: number }

export type TabMessage = { type: 'grant'; grant: Grant } | { type: 'ask' } | { type: 'out'; reason: string; userId: number | undefined }

const patience = 50   // ms that other tabs have to say that they have a fresh token

/** The tabs of a browser that share a session: one refreshes, and tells the others. A program of its own is one tab. */
export class Tabs {
  constructor(
    private readonly locks: Locks | undefined, private readonly channel: Channel | undefined, hear: (message: TabMessage) => void,
  ) {
    if (channel) channel.onmessage = ({ data }) => hear(data as TabMessage)
  }

  tell(message: TabMessage): void { this.channel?.postMessage(message) }

  /** Runs it in one tab at a time. */
  alone<T>(run: () => Promise<T>): Promise<T> { return this.locks ? this.locks.request('maru-refresh', run) : run() }

  /** Resolves when another tab gave a token (`given` calls back then), or none has one. */
  ask(given: (done: () => void) => () => void): Promise<void> {
    if (!this.channel) return Promise.resolve()
    return new Promise(done => {
      const finish = () => {
        clearTimeout(timer)
        stop()
        done()
      }
      const timer = setTimeout(finish, patience)
      const stop = given(finish)
      this.tell({ type: 'ask' })
    })
  }
}
