import type { Bearer } from './api.js'
import { MaruProblem } from './problem.js'
import { newTraceparent } from './trace.js'

export interface Sent {
  method: string
  url: string
  headers?: Record<string, string>
  body?: Blob | FormData | undefined
  signal?: AbortSignal | undefined
  /** How many bytes of the body have left. Not told where the platform does not know. */
  onProgress?: ((bytes: number) => void) | undefined
}

/** A request with a large body, which browsers tell the progress of through XMLHttpRequest alone. */
export type Transport = (request: Sent) => Promise<Response>

export function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return async ({ method, url, headers, body, signal }) => {
    try {
      return await fetch(url, {
        method, headers: headers ?? {}, body: body ?? null, signal: signal ?? null, credentials: 'same-origin',
      })
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw MaruProblem.offline(error)
    }
  }
}

export const xhrTransport: Transport = ({ method, url, headers, body, signal, onProgress }) => new Promise((done, failed) => {
  if (signal?.aborted) return failed(signal.reason as Error)
  const request = new XMLHttpRequest()
  const abort = () => request.abort()
  const end = () => signal?.removeEventListener('abort', abort)
  request.open(method, url)
  for (const [name, value] of Object.entries(headers ?? {})) request.setRequestHeader(name, value)
  if (onProgress) request.upload.onprogress = event => onProgress(event.loaded)
  request.onload = () => {
    end()
    const lines = request.getAllResponseHeaders().trim().split('\r\n').map(line => line.split(/:(.*)/s))
    const answered = new Headers(lines.filter(([name]) => name).map(([name = '', value = '']) => [name, value.trim()]))
    const empty = request.status === 204 || request.status === 304
    done(new Response(empty ? null : request.responseText, { status: request.status, headers: answered }))
  }
  request.onerror = () => { end(); failed(MaruProblem.offline()) }
  request.onabort = () => { end(); failed((signal?.reason ?? MaruProblem.offline()) as Error) }
  signal?.addEventListener('abort', abort, { once: true })
  request.send(body ?? null)
})

/** With a trace and the access token, and once more with another one where it was refused. */
export function authorized(send: Transport, bearer: Bearer): Transport {
  return async request => {
    const token = await bearer.token()
    const traceparent = newTraceparent()
    const withToken = (one: string | null) => send({
      ...request, headers: { traceparent, ...request.headers, ...(one === null ? {} : { Authorization: `Bearer ${one}` }) },
    })
    const answer = await withToken(token)
    if (answer.status !== 401 || token === null) return answer
    const next = await bearer.renew(token)
    return next === null ? answer : await withToken(next)
  }
}

export async function problemOf(answer: Response): Promise<MaruProblem> {
  return MaruProblem.from(await answer.json().catch(() => null), answer)
}

/** What is worth trying again while somebody waits for it. A disk that is full stays so for longer. */
const passing = new Set(['offline', 'rate-limited', 'unavailable', 'shutting-down', 'too-many-connections', 'request-timeout'])
const longest = 15_000   // ms between two tries
const tries = 8          // in a row without any progress: about a minute

/** Tries again, later each time, until it is done, or refused, or nothing moved for so many tries. */
export class Patience {
  #failed = 0

  constructor(private readonly random: () => number, private readonly signal: AbortSignal | undefined) {}

  /** Something got through. */
  moved(): void { this.#failed = 0 }

  /** Resolves when it is time for the next try; throws the error where there is none. */
  async wait(error: unknown): Promise<void> {
    if (!(error instanceof MaruProblem) || !passing.has(error.type) || ++this.#failed >= tries) throw error
    const ms = Math.max((error.retryAfter ?? 0) * 1000, Math.min(longest, 500 * 2 ** this.#failed) * (0.5 + this.random() / 2))
    await pause(ms, this.signal)
  }
}

/** Ends early where the network comes back. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, failed) => {
    const page = globalThis as { addEventListener?: typeof addEventListener; removeEventListener?: typeof removeEventListener }
    const end = (then: () => void) => () => {
      clearTimeout(timer)
      page.removeEventListener?.('online', go)
      signal?.removeEventListener('abort', stop)
      then()
    }
    const go = end(done)
    const stop = end(() => failed(signal?.reason as Error))
    const timer = setTimeout(go, ms)
    page.addEventListener?.('online', go)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
  })
}
