import createClient, { type Client, type FetchResponse } from 'openapi-fetch'
import { isProblem, MaruProblem } from './problem.js'
import type { paths } from './schema.js'
import { newTraceparent } from './trace.js'

/** REST, typed by the server's API document: `api.GET('/api/rooms/{roomId}', { params: { path: { roomId } } })`. */
export type Api = Client<paths>

/** What puts the access token into a request. */
export interface Bearer {
  /** A token that is good for a moment; null when nobody is signed in. */
  token(): Promise<string | null>
  /** The token was refused. Another one, or null when there is none. */
  renew(refused: string): Promise<string | null>
}

export function createApi(url: string, bearer: Bearer, fetch: typeof globalThis.fetch): Api {
  const send = async (request: Request): Promise<Response> => {
    request.headers.set('traceparent', newTraceparent())
    if (isOpen(request.url)) return await reach(fetch, request)
    const repeat = request.clone()
    const token = await bearer.token()
    const answer = await reach(fetch, withToken(request, token))
    if (answer.status !== 401 || token === null || !await isAboutToken(answer)) return answer
    const next = await bearer.renew(token)
    return next === null ? answer : await reach(fetch, withToken(repeat, next))
  }
  return createClient<paths>({ baseUrl: url.replace(/\/$/, ''), fetch: send, credentials: 'same-origin' })
}

/** What came, or a MaruProblem: `const room = await take(api.GET(…))`. */
export async function take<T extends Record<string | number, unknown>, O, M extends `${string}/${string}`>(
  answer: Promise<FetchResponse<T, O, M>>,
): Promise<NonNullable<FetchResponse<T, O, M>['data']>> {
  const { data, error, response } = await answer
  if (!response.ok) throw MaruProblem.from(error, response)
  return data as NonNullable<FetchResponse<T, O, M>['data']>
}

/** Signing in needs no token, and must not wait for one. */
function isOpen(url: string): boolean {
  return /\/api\/auth\/(signup|login|refresh|guest)$/.test(new URL(url).pathname)
}

/** A wrong password is 401 as well: a second try with a fresh token would be a second guess. */
async function isAboutToken(answer: Response): Promise<boolean> {
  const body: unknown = await answer.clone().json().catch(() => null)
  return !isProblem(body) || body.type === 'unauthenticated' || body.type === 'session-ended'
}

async function reach(fetch: typeof globalThis.fetch, request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (request.signal.aborted) throw error
    throw MaruProblem.offline(error)
  }
}

function withToken(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}
