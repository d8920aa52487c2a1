import type { FileInfo, Pending } from 'maru-client'
import { beforeEach, expect, test, vi } from 'vitest'

const kit = vi.hoisted(() => ({
  uploads: [] as { name: string; done: (info: object) => void; failed: (error: unknown) => void; signal: AbortSignal }[],
  sent: [] as { text: string; files?: readonly FileInfo[]; key?: string }[],
  removed: [] as number[],
  limits: undefined as object | undefined,
}))
vi.mock('@/client', () => ({
  maru: {
    session: { on: () => () => undefined, state: 'in' },
    events: { on: () => () => undefined },
    api: {
      GET: async () => kit.limits
        ? { data: kit.limits, response: new Response() }
        : { error: {}, response: new Response(null, { status: 503 }) },
    },
    outbox: { on: () => () => undefined, send: (message: { text: string }) => { kit.sent.push(message) } },
    files: {
      upload: (_: Blob, { name, signal }: { name: string; signal: AbortSignal }) => new Promise((done, failed) => {
        kit.uploads.push({ name, done, failed, signal })
        signal.addEventListener('abort', () => failed(signal.reason))
      }),
      remove: async (id: number) => { kit.removed.push(id) },
    },
  },
}))
const { attach, attachmentsOf, detach, takeAll } = await import('./attachments')
const { posts } = await import('./posts')

const file = (name: string) => new File(['x'], name, { type: 'text/plain' })
const turn = () => new Promise(done => setTimeout(done))
const waiting = (): Pending[] => posts.of(1).map(post => post.pending)
const finish = async (name: string, id: number) => {
  kit.uploads.find(one => one.name === name)!.done({ id, name })
  await turn()
}

beforeEach(() => {
  posts.clear()
  for (const one of attachmentsOf('1')) detach('1', one)
  kit.uploads.length = kit.sent.length = kit.removed.length = 0
})

test('A message goes when all of its files are there, in the order in which they were chosen', async () => {
  attach('1', [file('a'), file('b')])
  await turn()
  posts.send({ roomId: 1, text: 'hi' }, takeAll('1'))
  expect(attachmentsOf('1')).toEqual([])
  expect(waiting()).toMatchObject([{ text: 'hi', state: 'waiting' }])
  const [{ key }] = waiting() as [Pending]
  await finish('b', 2)
  expect(kit.sent).toEqual([])
  await finish('a', 1)
  expect(kit.sent).toMatchObject([{ text: 'hi', key, files: [{ id: 1 }, { id: 2 }] }])
  expect(waiting()).toEqual([])
})

test('One that is behind another waits for it', async () => {
  attach('1', [file('first')])
  posts.send({ roomId: 1, text: 'one' }, takeAll('1'))
  attach('1', [file('second')])
  posts.send({ roomId: 1, text: 'two' }, takeAll('1'))
  await turn()
  await finish('second', 2)
  expect(kit.sent).toEqual([])
  await finish('first', 1)
  expect(kit.sent.map(one => one.text)).toEqual(['one', 'two'])
})

test('What failed goes again; what is taken out is uploaded no further', async () => {
  attach('1', [file('bad'), file('good')])
  posts.send({ roomId: 1, text: '' }, takeAll('1'))
  await turn()
  kit.uploads[0]!.failed(new Error('no'))
  vi.spyOn(console, 'error').mockImplementationOnce(() => undefined)
  await turn()
  await finish('good', 2)
  expect(kit.sent).toEqual([])
  const [{ key }] = waiting() as [Pending]
  posts.retry(key)
  await turn()
  expect(kit.uploads).toHaveLength(3)
  posts.without(key, posts.find(key)!.files[0]!)
  expect(kit.uploads[2]!.signal.aborted).toBe(true)
  expect(kit.sent).toMatchObject([{ files: [{ id: 2 }] }])
})

test('A message that is discarded takes its files from the server', async () => {
  attach('1', [file('a'), file('b')])
  posts.send({ roomId: 1, text: 'hi' }, takeAll('1'))
  await turn()
  await finish('a', 1)
  posts.discard(waiting()[0]!.key)
  expect(kit.removed).toEqual([1])
  expect(waiting()).toEqual([])
})

test('At most ten, of which three go up at a time', async () => {
  const { left } = attach('1', Array.from({ length: 12 }, (_, at) => file(`${at}`)))
  await turn()
  expect(left).toBe(2)
  expect(attachmentsOf('1')).toHaveLength(10)
  expect(kit.uploads).toHaveLength(3)
  await finish('0', 1)
  expect(kit.uploads).toHaveLength(4)
})
