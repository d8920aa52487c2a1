import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Server } from '../../../tests/kit/server'
import { MaruClient, take, type FeedEvent, type RoomEvent } from '../src/index'

// The library against the real server.

let server: Server
const clients: MaruClient[] = []

beforeAll(async () => { server = await Server.start() }, 60_000)
afterAll(async () => {
  for (const client of clients) client.stop()
  await server.stop()
})

let people = 0
async function person(name: string, at = server): Promise<MaruClient> {
  const client = new MaruClient({ url: at.url, webSocket: (url, protocols) => new WebSocket(url, protocols) as never })
  clients.push(client)
  await client.session.signUp({ handle: `${name}${++people}`, name, password: 'correct horse battery' })
  client.start()
  return client
}

/** Resolves when the condition holds, looked at whenever the source says that it changed. */
function until(condition: () => boolean, watch: (look: () => void) => () => void): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`not within 30 s: ${condition}`)), 30_000)
    const look = () => {
      if (!condition()) return
      clearTimeout(timer)
      stop()
      done()
    }
    const stop = watch(look)
    queueMicrotask(look)
  })
}

const room = async (client: MaruClient) => take(client.api.POST('/api/rooms', { body: { name: 'Harbour', visibility: 'public' } }))

function collect(client: MaruClient, roomId: number, after: number) {
  const events: RoomEvent[] = []
  const watchers = new Set<() => void>()
  client.feeds.open(roomId, { after }, event => {
    if ('seq' in event && event.type !== 'read' && event.type !== 'live' && event.type !== 'reset') events.push(event)
    for (const look of watchers) look()
  })
  return {
    events,
    texts: () => events.flatMap(event => event.type === 'message.created' ? [event.message.text] : []),
    watch: (look: () => void) => { watchers.add(look); return () => watchers.delete(look) },
  }
}

test('What one says the other hears, and it leaves the outbox', async () => {
  const [ann, ben] = await Promise.all([person('ann'), person('ben')])
  const harbour = await room(ann)
  await take(ben.api.POST('/api/rooms/{roomId}/join', { params: { path: { roomId: harbour.id } }, body: {} }))
  const heard = collect(ben, harbour.id, harbour.lastSeq)
  collect(ann, harbour.id, harbour.lastSeq)
  ann.outbox.send({ roomId: harbour.id, text: 'Hello' })
  ann.outbox.send({ roomId: harbour.id, text: 'Ben' })
  await until(() => heard.texts().length === 2, heard.watch)
  expect(heard.texts()).toEqual(['Hello', 'Ben'])
  await until(() => ann.outbox.of(harbour.id).length === 0, look => ann.outbox.on('change', look))
})

test('Hundreds of messages arrive once and in order over a server that is killed in the middle', async () => {
  const [ann, ben] = await Promise.all([person('ann'), person('ben')])
  const harbour = await room(ann)
  await take(ben.api.POST('/api/rooms/{roomId}/join', { params: { path: { roomId: harbour.id } }, body: {} }))
  const heard = collect(ben, harbour.id, harbour.lastSeq)
  const own = collect(ann, harbour.id, harbour.lastSeq)
  const texts = Array.from({ length: 300 }, (_, at) => `message ${at}`)
  for (const text of texts) ann.outbox.send({ roomId: harbour.id, text })
  await until(() => heard.texts().length > 50, heard.watch)
  await server.kill()
  await server.start()
  await until(() => heard.texts().length >= 300, heard.watch)
  await until(() => own.texts().length >= 300, own.watch)
  expect(heard.texts()).toEqual(texts)
  expect(own.texts()).toEqual(texts)
  expect(heard.events.map(event => event.seq)).toEqual(heard.events.map((_, at) => heard.events[0]!.seq + at))
  expect(ann.outbox.size).toBe(0)
}, 60_000)

test('A message that is refused says why, and the next one goes', async () => {
  const ann = await person('ann')
  const harbour = await room(ann)
  const heard = collect(ann, harbour.id, harbour.lastSeq)
  const bad = ann.outbox.send({ roomId: harbour.id, text: 'a reply to nothing', replyTo: 999 })
  ann.outbox.send({ roomId: harbour.id, text: 'good' })
  await until(() => heard.texts().length === 1, heard.watch)
  expect(ann.outbox.of(harbour.id)).toMatchObject([{ key: bad.key, state: 'failed', problem: { type: 'invalid' } }])
})

test('A session that is ended elsewhere ends here, and says why', async () => {
  const ann = await person('ann')
  await until(() => ann.connection.state.kind === 'online', look => ann.connection.on('change', look))
  const reasons: string[] = []
  ann.session.on('ended', ({ reason }) => reasons.push(reason))
  const other = new MaruClient({ url: server.url, webSocket: (url, protocols) => new WebSocket(url, protocols) as never })
  await other.session.logIn(ann.session.user!.handle, 'correct horse battery')
  await take(other.api.DELETE('/api/me/sessions'))
  await until(() => reasons.length > 0, look => ann.session.on('ended', look))
  expect(reasons).toEqual(['signed-out'])
  expect(ann.session.state).toBe('out')
})

test('The connection is replaced before its token expires, and nothing is missed or doubled', async () => {
  const short = await Server.start({ Maru__Jwt__AccessTokenLifetime: '00:00:10' })
  try {
    const [ann, ben] = await Promise.all([person('ann', short), person('ben', short)])
    const harbour = await room(ann)
    await take(ben.api.POST('/api/rooms/{roomId}/join', { params: { path: { roomId: harbour.id } }, body: {} }))
    const heard = collect(ben, harbour.id, harbour.lastSeq)
    await until(() => ben.connection.state.kind === 'online', look => ben.connection.on('change', look))
    const states: string[] = []
    ben.connection.on('change', () => states.push(ben.connection.state.kind))
    const links = new Set([ben.connection.link])
    let sent = 0
    const more = setInterval(() => { ann.outbox.send({ roomId: harbour.id, text: `${sent++}` }) }, 10)
    await until(() => links.size > 1, look => ben.connection.on('up', link => {
      links.add(link)
      look()
    }))
    clearInterval(more)
    await until(() => heard.texts().length >= sent, heard.watch)
    expect(heard.texts()).toEqual(Array.from({ length: sent }, (_, at) => String(at)))
    expect(states).toEqual([])   // nobody saw it
    ann.stop()
    ben.stop()
  } finally {
    await short.stop()
  }
}, 60_000)

test('Refreshing again and again under load keeps the session', async () => {
  const ann = await person('ann')
  const tokens = new Set<string | null>()
  for (let round = 0; round < 10; round++) {
    await Promise.all([
      ...Array.from({ length: 20 }, () => take(ann.api.GET('/api/me'))), ann.session.refresh(), ann.session.refresh(),
    ])
    tokens.add(ann.session.refreshToken)
  }
  expect(tokens.size).toBe(10)
  expect(ann.session.state).toBe('in')
})

test('Behind by more than 500 entries a room is told to read anew, and goes on from its end', async () => {
  const ann = await person('ann')
  const harbour = await room(ann)
  for (let at = 0; at < 520; at++) ann.outbox.send({ roomId: harbour.id, text: `${at}` })
  await until(() => ann.outbox.size === 0, look => ann.outbox.on('change', look))
  for (let at = 520; at < 1200; at++) ann.outbox.send({ roomId: harbour.id, text: `${at}` })
  await until(() => ann.outbox.size === 0, look => ann.outbox.on('change', look))
  const heard: FeedEvent[] = []
  let looked = () => undefined as void
  ann.feeds.open(harbour.id, { after: harbour.lastSeq }, event => {
    heard.push(event)
    looked()
  })
  await until(() => heard.some(event => event.type === 'reset'), look => {
    looked = look
    return () => undefined
  })
  expect(heard.filter(event => event.type === 'message.created').length).toBeLessThan(1200)
  ann.outbox.send({ roomId: harbour.id, text: 'newest' })
  await until(() => heard.some(event => event.type === 'message.created' && event.message.text === 'newest'), look => {
    looked = look
    return () => undefined
  })
}, 60_000)

test('By the cookie a page restores its session, refreshes it, and signs out', async () => {
  const jar = { cookie: '' }
  const page = () => new MaruClient({
    url: server.url, refresh: 'cookie', webSocket: (url, protocols) => new WebSocket(url, protocols) as never,
    fetch: async input => {   // what a browser does for the server's own page
      const request = new Request(input as Request)
      request.headers.set('origin', new URL(server.url).origin)
      if (jar.cookie && new URL(request.url).pathname.startsWith('/api/auth')) request.headers.set('cookie', jar.cookie)
      const answer = await fetch(request)
      const set = answer.headers.get('set-cookie')
      if (set) jar.cookie = set.split(';')[0]!
      return answer
    },
  })
  const first = page()
  await first.session.signUp({ handle: `cookie${++people}`, name: 'Ann', password: 'correct horse battery' })
  expect(first.session.refreshToken).toBe(null)
  const second = page()
  expect(await second.session.restore()).toBe(true)
  expect(second.session.user).toEqual(first.session.user)
  await second.session.logOut()
  expect(await page().session.restore()).toBe(false)
})
