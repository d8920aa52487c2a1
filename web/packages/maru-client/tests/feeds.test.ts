import { expect, test } from 'vitest'
import type { FeedEvent } from '../src/index.js'
import { answer, Kit, settle, type Wire } from './wire.js'

const topic = '/topic/rooms/1'
const entry = (seq: number) => ({ type: 'hidden', roomId: 1, seq })
const say = (wire: Wire, first: number, last: number) => { for (let seq = first; seq <= last; seq++) wire.tell('r1', entry(seq)) }

function reader(kit: Kit, after?: number) {
  const heard: (string | number)[] = []
  const feed = kit.maru.feeds.open(1, { after }, (event: FeedEvent) => {
    heard.push('seq' in event && event.type !== 'live' ? event.type === 'reset' ? `reset ${event.seq}` : event.seq : event.type)
  })
  return { heard, feed }
}

test('A second reader gets what the first one has had already, once and in order', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const first = reader(kit, 0)
  wire.receipt(wire.last('SUBSCRIBE', topic))
  say(wire, 1, 5)
  const second = reader(kit, 2)
  await settle()
  say(wire, 6, 6)   // on its way when the client let go of the subscription
  expect(wire.all('SUBSCRIBE', topic)).toHaveLength(1)
  wire.receipt(wire.last('UNSUBSCRIBE'))
  await settle()
  expect(wire.last('SUBSCRIBE', topic).headers).toMatchObject({ id: 'r1', after: '2' })
  wire.receipt(wire.last('SUBSCRIBE', topic))
  say(wire, 3, 7)
  await settle()
  expect(second.heard).toEqual(['live', 3, 4, 5, 6, 7])
  expect(first.heard.filter(one => one !== 'live')).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('A reader who is ahead of the subscription gets nothing twice', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  reader(kit, 3)
  wire.receipt(wire.last('SUBSCRIBE', topic))
  const { heard } = reader(kit, 6)
  say(wire, 4, 8)
  await settle()
  expect(heard.filter(one => one !== 'live')).toEqual([7, 8])
})

test('An entry that was left out is asked for again', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const { heard } = reader(kit, 3)
  wire.receipt(wire.last('SUBSCRIBE', topic))
  say(wire, 4, 4)
  say(wire, 6, 6)
  wire.receipt(wire.last('UNSUBSCRIBE'))
  await settle()
  expect(wire.last('SUBSCRIBE', topic).headers.after).toBe('4')
  say(wire, 5, 6)
  await settle()
  expect(heard.filter(one => one !== 'live')).toEqual([4, 5, 6])
})

test('Where the room hides its past the first entry may be far ahead', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const { heard } = reader(kit, 0)
  say(wire, 40, 42)
  await settle()
  expect(heard).toEqual([40, 41, 42])
  expect(wire.all('SUBSCRIBE', topic)).toHaveLength(1)
})

test('After 500 entries of the past the rest is left out; a busy room goes on', async () => {
  for (const [head, resets] of [[90_000, ['reset 90000']], [530, []]] as const) {
    const kit = new Kit()
    kit.routes.set('GET /api/rooms/1', () => answer(200, { id: 1, lastSeq: head }))
    const wire = await kit.online()
    const { heard, feed } = reader(kit, 0)
    say(wire, 1, 510)
    await settle()
    await settle()
    expect(heard.filter(one => typeof one === 'string' && one.startsWith('reset'))).toEqual(resets)
    if (resets.length === 0) continue
    wire.receipt(wire.last('UNSUBSCRIBE'))
    await settle()
    expect(wire.last('SUBSCRIBE', topic).headers.after).toBe('90000')
    say(wire, 90_001, 90_001)
    expect(feed.seq).toBe(90_001)
  }
})

test('After a loss each room goes on behind what it has', async () => {
  const kit = new Kit()
  kit.random = 0
  const wire = await kit.online()
  const { heard } = reader(kit, 0)
  say(wire, 1, 7)
  wire.drop()
  await new Promise(done => setTimeout(done))
  await settle()
  await kit.accept()
  expect(kit.wires).toHaveLength(2)
  expect(kit.wire.last('SUBSCRIBE', topic).headers).toMatchObject({ id: 'r1', after: '7' })
  say(kit.wire, 8, 8)
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('A room that is not ours any more closes', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const { heard } = reader(kit, 0)
  await settle()
  wire.refuse(wire.last('SUBSCRIBE', topic), { type: 'not-found', status: 404 })
  await settle()
  expect(heard).toEqual(['closed'])
  expect(kit.maru.feeds.has(1)).toBe(false)
})
