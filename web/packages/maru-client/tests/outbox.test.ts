import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Kit, settle } from './wire.js'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] }) })
afterEach(() => { vi.useRealTimers() })

const room = '/app/rooms/1/messages'
const pass = async (ms: number) => {
  vi.advanceTimersByTime(ms)
  await settle()
}
const texts = (kit: Kit) => kit.wires.flatMap(wire => wire.all('SEND', room)).map(frame => JSON.parse(frame.body).text as string)

test('One after the other: the next message of a room goes when the one before is durable', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  for (const text of ['a', 'b']) kit.maru.outbox.send({ roomId: 1, text })
  kit.maru.outbox.send({ roomId: 2, text: 'elsewhere' })
  await settle()
  expect(texts(kit)).toEqual(['a'])
  expect(wire.all('SEND', '/app/rooms/2/messages')).toHaveLength(1)
  expect(kit.maru.outbox.of(1).map(one => one.state)).toEqual(['sending', 'waiting'])
  wire.receipt(wire.last('SEND', room), { seq: 1 })
  await settle()
  expect(texts(kit)).toEqual(['a', 'b'])
  expect(kit.maru.outbox.of(1).map(one => one.text)).toEqual(['b'])
})

test('What is not acknowledged goes again with its key, over the next connection', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const { key } = kit.maru.outbox.send({ roomId: 1, text: 'a' })
  await settle()
  wire.drop()
  await settle()
  expect(kit.maru.outbox.of(1)).toMatchObject([{ key, state: 'waiting' }])
  await pass(2000)
  await kit.accept()
  expect(kit.wire.last('SEND', room).headers['client-key']).toBe(key)
})

test('A message that ends the connection fails, and does not end the next one too', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const bad = kit.maru.outbox.send({ roomId: 1, text: 'far too large' })
  kit.maru.outbox.send({ roomId: 1, text: 'good' })
  await settle()
  wire.error('too-large', { 'receipt-id': wire.last('SEND', room).headers.receipt! })
  await settle()
  await pass(2000)
  await kit.accept()
  expect(texts(kit)).toEqual(['far too large', 'good'])
  expect(kit.maru.outbox.of(1)[0]).toMatchObject({ key: bad.key, state: 'failed', problem: { type: 'too-large' } })
})

test('What the server cannot take now waits as long as it says, or longer each time, and those behind it too', async () => {
  const kit = new Kit()
  kit.random = 0
  const wire = await kit.online()
  for (const text of ['a', 'b']) kit.maru.outbox.send({ roomId: 1, text })
  await settle()
  wire.refuse(wire.last('SEND', room), { type: 'slow-mode', status: 429, retryAfter: 30 })
  await settle()
  for (let at = 0; at < 29; at++) {
    await pass(1000)
    wire.beat()
  }
  expect(texts(kit)).toEqual(['a'])
  await pass(1000)
  expect(texts(kit)).toEqual(['a', 'a'])
  for (const seconds of [2, 4]) {
    wire.beat()
    const sent = texts(kit).length
    wire.refuse(wire.last('SEND', room), { type: 'storage-full', status: 507 })
    await settle()
    await pass(seconds * 1000 - 100)
    expect(texts(kit)).toHaveLength(sent)
    await pass(100)
    expect(texts(kit)).toHaveLength(sent + 1)
  }
  expect(new Set(texts(kit))).toEqual(new Set(['a']))
})

test('With a reader of the room it leaves the list when the log has it, not before', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  kit.maru.feeds.open(1, { after: 6 }, () => undefined)
  const { key } = kit.maru.outbox.send({ roomId: 1, text: 'a' })
  await settle()
  wire.receipt(wire.last('SEND', room), { seq: 7 })
  await settle()
  expect(kit.maru.outbox.of(1)).toMatchObject([{ state: 'sent', seq: 7 }])
  wire.tell('r1', { type: 'message.created', roomId: 1, seq: 7, message: { seq: 7, sender: { id: 1 }, clientKey: key } })
  expect(kit.maru.outbox.of(1)).toEqual([])
})

test('Each message is told to be sent once, also where the log has it before its RECEIPT', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const sent: string[] = []
  kit.maru.outbox.on('sent', ({ text, seq }) => sent.push(`${text} ${seq}`))
  kit.maru.feeds.open(1, { after: 6 }, () => undefined)
  const { key } = kit.maru.outbox.send({ roomId: 1, text: 'a' })
  await settle()
  wire.tell('r1', { type: 'message.created', roomId: 1, seq: 7, message: { seq: 7, sender: { id: 1 }, clientKey: key } })
  wire.receipt(wire.last('SEND', room), { seq: 7 })
  await settle()
  expect(sent).toEqual(['a 7'])
  expect(kit.maru.outbox.size).toBe(0)
})

test('A message whose place the log has passed, or that nobody reads, leaves the list', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const feed = kit.maru.feeds.open(1, { after: 9 }, () => undefined)
  kit.maru.outbox.send({ roomId: 1, text: 'from a tab that died' })
  await settle()
  wire.receipt(wire.last('SEND', room), { seq: 7 })
  await settle()
  expect(kit.maru.outbox.size).toBe(0)
  kit.maru.outbox.send({ roomId: 1, text: 'b' })
  await settle()
  wire.receipt(wire.last('SEND', room), { seq: 10 })
  await settle()
  expect(kit.maru.outbox.size).toBe(1)
  feed.close()
  expect(kit.maru.outbox.size).toBe(0)
})

test('More than 1,000 do not wait', async () => {
  const kit = new Kit()
  for (let at = 0; at < 1000; at++) kit.maru.outbox.send({ roomId: at % 7, text: `${at}` })
  expect(() => kit.maru.outbox.send({ roomId: 1, text: 'one more' })).toThrow(expect.objectContaining({ type: 'outbox-full' }))
  expect(kit.maru.outbox.size).toBe(1000)
})

test('A read position is told once it is durable, over as many connections as it takes', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  for (const seq of [5, 7, 6]) kit.maru.read(1, seq)
  await pass(300)
  expect(wire.all('SEND', '/app/rooms/1/read').map(frame => frame.body)).toEqual(['{"seq":7}'])
  wire.drop()
  await pass(2000)
  await kit.accept()
  await pass(0)
  expect(kit.wire.last('SEND', '/app/rooms/1/read').body).toBe('{"seq":7}')
  kit.wire.receipt(kit.wire.last('SEND', '/app/rooms/1/read'))
  await settle()
  kit.wire.drop()
  await pass(4000)
  await kit.accept()
  await pass(1000)
  expect(kit.wire.all('SEND', '/app/rooms/1/read')).toEqual([])
})

test('Typing is said every three seconds at most, and of others ends by itself', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const said = () => wire.all('SEND', '/app/rooms/1/typing').map(frame => frame.body)
  for (let at = 0; at < 10; at++) {
    kit.maru.typing.say(1, true)
    await pass(500)
  }
  expect(said()).toHaveLength(2)
  kit.maru.typing.say(1, false)
  kit.maru.typing.say(1, false)
  expect(said().slice(2)).toEqual(['{"typing":false}'])
  kit.maru.feeds.open(1, { after: 0 }, () => undefined)
  wire.tell('r1', { type: 'typing', roomId: 1, userId: 2, typing: true })
  expect(kit.maru.typing.of(1)).toEqual([2])
  await pass(10_000)
  expect(kit.maru.typing.of(1)).toEqual([])
})

test('Those who are watched are asked for together, 200 at most, the newest first', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)
  const stop = kit.maru.presence.watch(range(1, 150))
  kit.maru.presence.watch(range(101, 250))
  await pass(250)
  const asked = wire.all('SUBSCRIBE', '/user/queue/presence')
  expect(asked).toHaveLength(1)
  expect(asked[0]?.headers.users?.split(',').map(Number)).toEqual([...range(1, 50), ...range(101, 250)])
  stop()
  await pass(250)
  expect(wire.all('SUBSCRIBE', '/user/queue/presence')).toHaveLength(1)   // they are among those
  kit.maru.presence.away()
  wire.drop()
  await pass(2000)
  await kit.accept()
  expect(kit.wire.last('SUBSCRIBE', '/user/queue/presence').headers.users?.split(',').map(Number)).toEqual(range(101, 250))
  expect(kit.wire.last('SEND', '/app/presence').body).toBe('{"state":"away"}')
})
