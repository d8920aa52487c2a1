import { MaruProblem } from 'maru-client'
import { beforeEach, expect, test, vi } from 'vitest'

const kit = vi.hoisted(() => ({ asked: [] as string[], uploads: [] as Blob[], shrunk: undefined as Blob | undefined }))
const limits = { bytes: { image: 100, video: 400, audio: 300, document: 200 }, perMessage: 3 }
vi.mock('@/client', () => ({
  maru: {
    session: { on: () => () => undefined, state: 'in' },
    events: { on: () => () => undefined },
    api: {
      GET: async (path: string) => {
        kit.asked.push(path)
        return { data: limits, response: new Response() }
      },
    },
    files: {
      upload: async (file: Blob) => {
        kit.uploads.push(file)
        return { id: kit.uploads.length }
      },
      remove: async () => undefined,
    },
  },
}))
vi.mock('./shrink', () => ({ shrink: async (file: Blob) => kit.shrunk ?? file }))
const { attach, attachmentsOf, detach, enqueue } = await import('./attachments')
const { limits: known, loadLimits, takenAs } = await import('./limits')

const file = (type: string, size: number) => new File(['x'.repeat(size)], 'a', { type })
const settled = async () => {
  for (const one of attachmentsOf('1')) await vi.waitFor(() => expect(['done', 'failed']).toContain(one.state))
  return attachmentsOf('1').map(one => one.state)
}

beforeEach(() => {
  for (const one of attachmentsOf('1')) detach('1', one)
  kit.uploads.length = 0
  kit.shrunk = undefined
})

test('Limits are asked for before the first file leaves, and once', async () => {
  attach('1', [file('text/plain', 201), file('text/plain', 200)])
  expect(await settled()).toEqual(['failed', 'done'])
  expect(kit.uploads.map(one => one.size)).toEqual([200])
  const { problem } = attachmentsOf('1')[0]!
  expect(problem).toBeInstanceOf(MaruProblem)
  expect(problem).toMatchObject({ type: 'too-large', detail: 'A file of the kind document may have 200 bytes.' })
  enqueue(attachmentsOf('1')[0]!)
  expect(await settled()).toEqual(['failed', 'done'])
  expect(kit.uploads).toHaveLength(1)
  expect(kit.asked).toEqual(['/api/files/limits'])
})

test('Pictures are judged as they are when they are shrunk', async () => {
  kit.shrunk = new Blob(['x'.repeat(90)], { type: 'image/webp' })
  attach('1', [file('image/jpeg', 5000)])
  expect(await settled()).toEqual(['done'])
  kit.shrunk = new Blob(['x'.repeat(101)], { type: 'image/webp' })
  attach('1', [file('image/jpeg', 5000)])
  expect(await settled()).toEqual(['done', 'failed'])
  expect(kit.uploads.map(one => one.size)).toEqual([90])
})

test('A message has as many as the server says', async () => {
  await loadLimits()
  expect(attach('1', [1, 2, 3, 4, 5].map(size => file('text/plain', size))).left).toBe(2)
  expect(attachmentsOf('1')).toHaveLength(3)
})

test('What its type does not tell goes to the server, unless nothing may be so large', async () => {
  attach('1', [file('', 399), file('video/x-matroska', 400), file('application/octet-stream', 401)])
  expect(await settled()).toEqual(['done', 'done', 'failed'])
  expect(attachmentsOf('1')[2]!.problem).toMatchObject({ detail: 'A file may have 400 bytes.' })
  expect(['image/png', 'image/heic', 'image/svg+xml', 'video/mp4', 'audio/webm;codecs=opus', 'audio/mp4', 'application/pdf', '']
    .map(takenAs)).toEqual(['image', undefined, 'document', 'video', 'audio', undefined, 'document', undefined])
})

test('Where they are not known the server says what it refuses', async () => {
  known.value = undefined
  attach('1', [file('text/plain', 999)])
  expect(await settled()).toEqual(['done'])
})
