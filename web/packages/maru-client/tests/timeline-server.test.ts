import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Server } from '../../../tests/kit/server'
import { MaruClient, take, type Timeline } from '../src/index'

// A timeline against the real server: what it shows is what the history has.

let server: Server
const clients: MaruClient[] = []
let people = 0

beforeAll(async () => { server = await Server.start() }, 60_000)
afterAll(async () => {
  for (const client of clients) client.stop()
  await server.stop()
})

async function person(name: string): Promise<MaruClient> {
  const client = new MaruClient({ url: server.url, webSocket: (url, protocols) => new WebSocket(url, protocols) as never })
  clients.push(client)
  await client.session.signUp({ handle: `${name}${++people}`, name, password: 'correct horse battery' })
  client.start()
  return client
}

async function roomOf(owner: MaruClient, ...others: MaruClient[]): Promise<number> {
  const room = await take(owner.api.POST('/api/rooms', { body: { name: 'Harbour', visibility: 'public' } }))
  for (const other of others) await take(other.api.POST('/api/rooms/{roomId}/join', { params: { path: { roomId: room.id } }, body: {} }))
  return room.id
}

const say = (client: MaruClient, roomId: number, text: string, replyTo?: number) => take(client.api.POST('/api/rooms/{roomId}/messages', {
  params: { path: { roomId }, header: { 'Idempotency-Key': `${Math.random()}` } }, body: replyTo ? { text, replyTo } : { text },
}))

function until(timeline: Timeline, condition: () => boolean): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`not within 20 s: ${condition}`)), 20_000)
    const stop = timeline.on('change', look)
    function look() {
      if (!condition()) return
      clearTimeout(timer)
      stop()
      done()
    }
    queueMicrotask(look)
  })
}

test('While hundreds of messages, edits and reactions come, pages and feed give the history, each message once', async () => {
  const [ann, ben] = await Promise.all([person('ann'), person('ben')])
  const roomId = await roomOf(ann, ben)
  for (let at = 0; at < 150; at++) await say(ben, roomId, `before ${at}`)
  const timeline = ann.timeline(roomId)
  const talk = (async () => {
    const address = '/api/rooms/{roomId}/messages/{seq}' as const
    const path = (seq: number) => ({ roomId, seq })
    const thumb = (seq: number) => ({ path: { ...path(seq), emoji: '👍' } })
    for (let at = 0; at < 200; at++) {
      const { seq } = await say(ben, roomId, `live ${at}`)
      if (at % 10 === 3) await take(ben.api.PATCH(address, { params: { path: path(seq) }, body: { text: 'edited' } }))
      if (at % 10 === 5) await take(ann.api.PUT(`${address}/reactions/{emoji}`, { params: thumb(seq) }))
      if (at % 10 === 7) await say(ann, roomId, 'a reply', seq)
      if (at % 10 === 9) await take(ben.api.DELETE(address, { params: { path: path(seq) } }))
    }
  })()
  // Moving about meanwhile: each of these pages races with what comes.
  await timeline.open()
  for (let round = 0; round < 6; round++) {
    await timeline.older()
    await timeline.open({ around: 60 + round * 10 })
    await timeline.newer()
    if (round % 2) await timeline.newest()
  }
  await talk
  await timeline.newest()
  while (timeline.hasNewer) await timeline.newer()
  while (timeline.hasOlder) await timeline.older()
  const history = []
  for (let before: number | undefined; ;) {
    const query = before === undefined ? { limit: 200 } : { limit: 200, before }
    const page = await take(ann.api.GET('/api/rooms/{roomId}/messages', { params: { path: { roomId }, query } }))
    history.unshift(...page.items)
    before = history[0]!.seq
    if (!page.hasMore) break
  }
  await until(timeline, () => timeline.items.at(-1)?.seq === history.at(-1)!.seq && timeline.items.at(-1)?.deletedAt !== undefined)
  expect(timeline.items).toEqual(history)
  timeline.close()
}, 60_000)

test('How many have not read a message goes down as they read it', async () => {
  const [ann, ben, eve] = await Promise.all([person('ann'), person('ben'), person('eve')])
  const roomId = await roomOf(ann, ben, eve)
  const timeline = ann.timeline(roomId)
  await timeline.open()
  const { seq } = await say(ann, roomId, 'Hello')
  await until(timeline, () => timeline.get(seq)?.unreadBy === 2)
  await take(ben.api.PUT('/api/rooms/{roomId}/read', { params: { path: { roomId } }, body: { seq } }))
  await until(timeline, () => timeline.get(seq)?.unreadBy === 1)
  await take(eve.api.PUT('/api/rooms/{roomId}/read', { params: { path: { roomId } }, body: { seq } }))
  await until(timeline, () => timeline.get(seq)?.unreadBy === 0)
  timeline.close()
})

test('A thread is live, and the list of rooms follows', async () => {
  const [ann, ben] = await Promise.all([person('ann'), person('ben')])
  const roomId = await roomOf(ann, ben)
  const root = await say(ann, roomId, 'root')
  const thread = ben.timeline(roomId, root.seq)
  await thread.open()
  const reply = await say(ann, roomId, 'reply', root.seq)
  await say(ann, roomId, 'elsewhere')
  await until(thread, () => thread.items.length === 1)
  expect(thread.items[0]?.seq).toBe(reply.seq)
  expect(thread.rootMessage?.replies).toBe(1)
  await until(thread, () => ben.rooms.get(roomId)?.lastMessage?.text === 'elsewhere' || (void say(ann, roomId, 'elsewhere'), false))
  thread.close()
})
