import { afterEach, expect, test, vi } from 'vitest'
import { take, type Channel, type Locks, type MaruOptions } from '../src/index.js'
import { answer, Kit, refusal, settle } from './wire.js'

const refresh = 'POST /api/auth/refresh'
const count = (kit: Kit, route: string) => kit.asked.filter(one => one === route).length

afterEach(() => { vi.useRealTimers() })

/** What the tabs of one browser share: locks, a channel, and the cookie, of which each refresh makes the next. */
class Browser {
  #tail: Promise<unknown> = Promise.resolve()
  readonly #channels: Channel[] = []
  userId = 1
  made = 0

  tab(): Kit {
    const channels = this.#channels
    const channel: Channel = {
      onmessage: null,
      postMessage: message => {
        const data: unknown = structuredClone(message)
        for (const other of channels) if (other !== channel) setTimeout(() => other.onmessage?.({ data }))
      },
    }
    channels.push(channel)
    const locks: Locks = {
      request: (_, run) => {
        const result = this.#tail.then(run)
        this.#tail = result.catch(() => undefined)
        return result
      },
    }
    const options: Partial<MaruOptions> = { refresh: 'cookie', locks, channel }
    const kit = new Kit(options)
    kit.routes.set(refresh, () => {
      kit.tokens = this.made++
      kit.userId = this.userId
      return answer(200, { ...kit.grant(), refreshToken: undefined })
    })
    return kit
  }
}

test('Of several tabs one refreshes, and the others take its token', async () => {
  const browser = new Browser()
  const tabs = [browser.tab(), browser.tab(), browser.tab()]
  expect(await Promise.all(tabs.map(tab => tab.maru.session.restore()))).toEqual([true, true, true])
  expect(browser.made).toBe(1)
  await Promise.all(tabs.map(tab => tab.maru.session.refresh()))
  expect(browser.made).toBe(2)
  expect(new Set(await Promise.all(tabs.map(tab => tab.maru.session.token())))).toEqual(new Set(['access2']))
})

test('Signing out in one tab reaches the others', async () => {
  const browser = new Browser()
  const [one, two] = [browser.tab(), browser.tab()]
  await one.maru.session.restore()
  await two.maru.session.restore()
  const ended = new Promise<string>(done => two.maru.session.on('ended', ({ reason }) => done(reason)))
  await one.maru.session.logOut()
  expect(await ended).toBe('signed-out')
  expect(two.maru.session.state).toBe('out')
})

test('Where the cookie has become another person\'s, the session ends and nothing of it is sent as theirs', async () => {
  const kit = new Browser().tab()
  await kit.maru.session.restore()
  kit.routes.set(refresh, () => {
    kit.userId = 2
    return answer(200, kit.grant())
  })
  await expect(kit.maru.session.refresh()).rejects.toMatchObject({ type: 'session-ended' })
  expect(kit.maru.session.state).toBe('out')
})

test('Who signs in as another person does not send what the one before had waiting', async () => {
  const kit = new Kit()
  await kit.maru.session.logIn('ann', 'correct horse')
  kit.maru.outbox.send({ roomId: 1, text: 'of Ann' })
  kit.maru.session.end('token-reused')
  await kit.maru.session.logIn('ann', 'correct horse')
  expect(kit.maru.outbox.size).toBe(1)   // the same person goes on
  kit.maru.session.end('token-reused')
  kit.userId = 2
  await kit.maru.session.logIn('ben', 'correct horse')
  expect(kit.maru.outbox.size).toBe(0)
})

test('A refresh whose answer is lost is repeated with the same token while the server still knows it', async () => {
  const kit = new Kit()
  await kit.maru.session.logIn('ann', 'correct horse')
  const tokens: unknown[] = []
  kit.routes.set(refresh, body => {
    tokens.push(body.refreshToken)
    if (tokens.length < 3) throw new TypeError('connection reset')
    return answer(200, kit.grant())
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const refreshed = kit.maru.session.refresh()
  for (const [after, tries] of [[0, 1], [300 * 1.25, 2], [1000 * 1.25, 3]] as const) {
    vi.advanceTimersByTime(after)
    await settle()
    expect(tokens).toEqual(Array(tries).fill('refresh1'))
  }
  await refreshed
})

test('Many requests with a token that has ended cost one refresh, and each is repeated once', async () => {
  const kit = new Kit()
  await kit.maru.session.logIn('ann', 'correct horse')
  const used: (string | null)[] = []
  kit.routes.set('GET /api/me', (_, headers) => {
    used.push(headers.get('authorization'))
    if (used.at(-1) === 'Bearer access1') return refusal(401, 'unauthenticated')
    return answer(200, { id: 1, handle: 'ann', name: 'Ann' })
  })
  await Promise.all(Array.from({ length: 5 }, () => take(kit.maru.api.GET('/api/me'))))
  expect(count(kit, refresh)).toBe(1)
  expect(used.slice(5)).toEqual(Array(5).fill('Bearer access2'))
})

test('A wrong password is no reason to refresh, and is not sent twice', async () => {
  const kit = new Kit()
  await kit.maru.session.logIn('ann', 'correct horse')
  kit.routes.set('POST /api/me/password', () => refusal(401, 'wrong-credentials'))
  const body = { oldPassword: 'x', newPassword: 'y' }
  await expect(take(kit.maru.api.POST('/api/me/password', { body }))).rejects.toMatchObject({ type: 'wrong-credentials' })
  expect(count(kit, refresh)).toBe(0)
  expect(count(kit, 'POST /api/me/password')).toBe(1)
})

test('An answer that comes after signing out signs nobody in', async () => {
  const kit = new Kit()
  await kit.maru.session.logIn('ann', 'correct horse')
  let go = () => undefined as void
  kit.routes.set(refresh, async () => {
    await new Promise<void>(done => { go = done })
    return answer(200, kit.grant())
  })
  const refreshed = kit.maru.session.refresh()
  await settle()
  await kit.maru.session.logOut()
  go()
  await expect(refreshed).rejects.toMatchObject({ type: 'session-ended' })
  expect(kit.maru.session.state).toBe('out')
})

test('Without an answer a session is neither restored nor ended', async () => {
  const kit = new Kit({ fetch: () => Promise.reject(new TypeError('no network')) })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const restored = expect(kit.maru.session.restore('refresh0')).rejects.toMatchObject({ type: 'offline' })
  for (let at = 0; at < 10; at++) {
    vi.advanceTimersByTime(1000)   // all tries are within the server's grace of ten seconds
    await settle()
  }
  await restored
  expect(kit.maru.session.state).toBe('unknown')
})

test('A device token is kept by the name that was typed, and shown at the next sign-in', async () => {
  const kept = new Map<string, string>()
  const kit = new Kit({ deviceTokens: { get: handle => kept.get(handle), set: (handle, token) => void kept.set(handle, token) } })
  const shown: unknown[] = []
  kit.routes.set('POST /api/auth/login', body => {
    shown.push(body.deviceToken)
    return answer(200, { ...kit.grant(), deviceToken: 'd1' })
  })
  await kit.maru.session.logIn('ann@example.org', 'correct horse')
  await kit.maru.session.logIn('ann@example.org', 'correct horse')
  expect(shown).toEqual([undefined, 'd1'])
  expect(kept.get('ann')).toBe('d1')
})
