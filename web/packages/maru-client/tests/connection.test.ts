import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Kit, settle } from './wire.js'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] }) })
afterEach(() => { vi.useRealTimers() })

const pass = async (ms: number) => {
  vi.advanceTimersByTime(ms)
  await settle()
}

test('After a loss the waits grow, each a random part of twice the one before', async () => {
  const kit = new Kit()
  kit.random = 0.999
  await kit.online()
  const waits: number[] = []
  for (let loss = 0; loss < 6; loss++) {
    kit.wire.drop()
    await settle()
    const { state } = kit.maru.connection
    if (state.kind !== 'waiting') throw new Error(state.kind)
    waits.push(Math.round((state.retryAt - Date.now()) / 1000))
    await pass(state.retryAt - Date.now())
  }
  expect(waits).toEqual([2, 4, 8, 16, 30, 30])
  kit.random = 0
  kit.wire.drop()
  await settle()
  expect(kit.maru.connection.state).toMatchObject({ kind: 'waiting', retryAt: Date.now() })
})

test('A connection that stands for a moment only does not make the next wait short', async () => {
  const kit = new Kit()
  await kit.online()
  for (let round = 0; round < 4; round++) {
    kit.wire.error('too-many-subscriptions')
    await settle()
    const { state } = kit.maru.connection
    if (state.kind !== 'waiting') throw new Error(state.kind)
    if (round === 3) expect(state.retryAt - Date.now()).toBe(8000)
    await pass(state.retryAt - Date.now())
    await kit.accept()
  }
  await pass(10_000)
  kit.wire.drop()
  await settle()
  expect(kit.maru.connection.state).toMatchObject({ retryAt: Date.now() + 1000 })
})

test('Waking ends a wait, but not before the server said', async () => {
  const kit = new Kit()
  await kit.online()
  kit.wire.error('shutting-down', { 'retry-after': 400 })
  await settle()
  expect(kit.maru.connection.state).toMatchObject({ kind: 'waiting', reason: 'shutting-down' })
  kit.maru.connection.wake()
  await settle()
  expect(kit.wires).toHaveLength(1)
  await pass(400)
  expect(kit.wires).toHaveLength(1)
  kit.maru.connection.wake()
  await settle()
  expect(kit.wires).toHaveLength(2)
})

test('Who looks at a connection that has been silent gets a new one at once', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  kit.maru.connection.wake()
  await settle()
  expect(kit.wires).toHaveLength(1)
  vi.setSystemTime(Date.now() + 16_000)   // the machine slept
  kit.maru.connection.wake()
  await settle()
  expect(kit.wires).toHaveLength(2)
  expect(wire.readyState).toBe(3)
})

test('A token that is refused is refreshed, and the connection made at once; refused again, it waits', async () => {
  const kit = new Kit()
  await kit.online()
  kit.wire.error('unauthenticated')
  await settle()
  expect(kit.wires).toHaveLength(2)
  kit.wire.readyState = 1
  kit.wire.onopen?.()
  expect(kit.wire.last('CONNECT').headers.Authorization).toBe('Bearer access2')
  kit.wire.error('unauthenticated')
  await settle()
  expect(kit.wires).toHaveLength(2)
  expect(kit.maru.connection.state.kind).toBe('waiting')
})

test('A session that ended is not tried again, and says why', async () => {
  const kit = new Kit()
  await kit.online()
  const reasons: string[] = []
  kit.maru.session.on('ended', ({ reason }) => reasons.push(reason))
  kit.wire.tell('events', { type: 'session.ended', reason: 'password-changed' })
  kit.wire.error('session-ended')
  await pass(60_000)
  expect(reasons).toEqual(['password-changed'])
  expect(kit.wires).toHaveLength(1)
  expect(kit.maru.connection.state.kind).toBe('offline')
})

test('Before its token ends a connection is replaced, and the old one goes when the new one stands', async () => {
  const kit = new Kit()
  const old = await kit.online()
  const kinds: string[] = [], mentions: number[] = []
  kit.maru.connection.on('change', () => kinds.push(kit.maru.connection.state.kind))
  kit.maru.events.on('mention', event => mentions.push(event.seq))
  kit.maru.feeds.open(1, { after: 3 }, () => undefined)
  await settle()
  old.receipt(old.last('SUBSCRIBE', '/topic/rooms/1'))
  await kit.maru.session.refresh()
  await settle()
  expect(kit.wires).toHaveLength(1)   // a fresh token alone is no reason
  for (let at = 0; at < 95 && kit.wires.length === 1; at++) {
    await pass(9_000)
    old.beat()
  }
  expect(kit.wires).toHaveLength(2)
  const next = kit.wire
  old.tell('r1', { type: 'hidden', roomId: 1, seq: 4 })
  next.accept()
  await settle()
  old.tell('events', { type: 'mention', roomId: 1, seq: 5 })
  next.tell('events', { type: 'mention', roomId: 1, seq: 5 })
  next.receipt(next.last('SUBSCRIBE', '/user/queue/events'))
  await settle()
  expect(next.last('SUBSCRIBE', '/topic/rooms/1').headers.after).toBe('4')
  expect(old.all('UNSUBSCRIBE').map(frame => frame.headers.id).sort()).toEqual(['events', 'r1'])
  expect(mentions).toEqual([5])
  expect(old.readyState).toBe(1)
  await pass(15_000)
  expect(old.all('DISCONNECT')).toHaveLength(1)
  expect(kinds).toEqual([])
})
