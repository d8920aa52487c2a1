import { expect, test } from 'vitest'
import { MaruProblem, take } from '../src/index.js'
import { answer, Kit, settle } from './wire.js'

const form = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/
const room = '/app/rooms/1/messages'

test('Each request begins a trace of its own, which its repeat with another token goes on with', async () => {
  const kit = new Kit()
  const seen: string[] = []
  kit.routes.set('GET /api/me', (_, headers) => {
    seen.push(headers.get('traceparent') ?? '')
    return seen.length === 1 ? answer(401, { type: 'unauthenticated', title: '', status: 401 }) : answer(200, {})
  })
  await kit.maru.session.logIn('ann', 'correct horse')
  await take(kit.maru.api.GET('/api/me'))
  await take(kit.maru.api.GET('/api/me'))
  expect(seen).toHaveLength(3)
  for (const one of seen) expect(one).toMatch(form)
  expect(seen[1]).toBe(seen[0])
  expect(seen[2]).not.toBe(seen[0])
})

test('Uploads do, too', async () => {
  const seen: (string | null)[] = []
  const kit = new Kit({
    fetch: async (input, init) => {
      const request = new Request(input, init)
      seen.push(request.headers.get('traceparent'))
      return request.url.endsWith('/login') ? answer(200, kit.grant()) : answer(201, { id: 1 })
    },
  })
  await kit.maru.session.logIn('ann', 'correct horse')
  await kit.maru.files.upload(new Blob(['x']))
  expect(seen).toHaveLength(2)
  for (const one of seen) expect(one).toMatch(form)
})

test('So does each SEND, and its refusal has the number of its trace', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  kit.maru.outbox.send({ roomId: 1, text: 'a' })
  await settle()
  const frame = wire.last('SEND', room)
  expect(frame.headers.traceparent).toMatch(form)
  const traceId = frame.headers.traceparent!.split('-')[1]!
  wire.refuse(frame, { type: 'not-found', title: 'No', status: 404, traceId })
  await settle()
  const [pending] = kit.maru.outbox.of(1)
  expect(pending).toMatchObject({ state: 'failed', problem: { type: 'not-found', status: 404, traceId } })
  expect(new MaruProblem(pending!.problem!).trace).toBe(traceId)
})

test('A problem over HTTP has a whole traceparent, or the id of a request', () => {
  const number = '4bf92f3577b34da6a3ce929d0e0e4736'
  for (const [id, trace] of [[`00-${number}-00f067aa0ba902b7-01`, number], [number, number], ['0HN1:0001', '0HN1:0001']])
    expect(new MaruProblem({ type: 'internal', traceId: id! }).trace).toBe(trace)
  expect(new MaruProblem({ type: 'internal' }).trace).toBeUndefined()
})
