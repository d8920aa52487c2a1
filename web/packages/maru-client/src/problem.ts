import { traceNumber } from './trace.js'
import type { Problem } from './types.js'

/** What a MaruProblem is made of: problem details (RFC 9457), as REST and STOMP have them. */
export type ProblemDetails = Partial<Problem> & { type: string }

/**
 * A refusal by the server, or by this library (status 0):
 * `offline`: no answer, `outbox-full`: too many messages wait to be sent.
 */
export class MaruProblem extends Error {
  /** The stable slug for programs, such as `not-found`. */
  readonly type: string
  /** The HTTP status; 0 where no server answered. */
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  /** The texts for each field that is not valid. */
  readonly errors: Readonly<Record<string, string[]>> | undefined
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined
  /** What finds it in the server's log: a `traceparent`, a trace's number, or a request's. */
  readonly traceId: string | undefined

  constructor(details: ProblemDetails, options?: ErrorOptions) {
    super(details.detail ?? details.title ?? details.type, options)
    this.name = 'MaruProblem'
    this.type = details.type
    this.status = details.status ?? 0
    this.title = details.title ?? details.type
    this.detail = details.detail
    this.errors = details.errors as Record<string, string[]> | undefined
    this.retryAfter = details.retryAfter
    this.traceId = details.traceId
  }

  /** The number by which support finds it. */
  get trace(): string | undefined {
    return this.traceId && traceNumber(this.traceId)
  }

  /** Worth trying again, unchanged, after a while. */
  get transient(): boolean {
    return transientTypes.has(this.type)
  }

  static offline(cause?: unknown): MaruProblem {
    return new MaruProblem({ type: 'offline', title: 'The server does not answer.' }, { cause })
  }

  /** From the body of a response that is not 2xx. Proxies answer with pages of their own: then the status has to do. */
  static from(body: unknown, response: Response): MaruProblem {
    const details: ProblemDetails = isProblem(body)
      ? { ...body }
      : { type: response.status >= 502 && response.status <= 504 ? 'unavailable' : 'internal', status: response.status }
    details.status ??= response.status
    if (details.retryAfter === undefined) {
      const seconds = Number(response.headers.get('retry-after') ?? NaN)
      if (seconds >= 0) details.retryAfter = seconds
    }
    return new MaruProblem(details)
  }
}

const transientTypes = new Set([
  'offline',
  'rate-limited',
  'slow-mode',
  'unavailable',
  'shutting-down',
  'internal',
  'storage-full',
  'too-many-connections',
  'request-timeout',
])

export function isProblem(value: unknown): value is ProblemDetails {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
