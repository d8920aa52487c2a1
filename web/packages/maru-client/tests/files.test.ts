import { expect, test, vi } from 'vitest'
import { MaruProblem } from '../src/index.js'
import { answer, Kit, refusal, settle } from './wire.js'

/** A server that takes files, both ways, and fails as the test likes. */
class Uploads {
  readonly asked: string[] = []
  readonly tokens: (string | null)[] = []
  /** Before each request: what it answers in place of its own, or throws. */
  readonly before: ((request: Request) => Response | undefined)[] = []
  form: FormData | undefined
  parts: Blob[] = []
  metadata = ''
  /** Bytes of a part that arrive before the line breaks. */
  breaksAt: number | undefined

  get held() { return this.parts.reduce((sum, part) => sum + part.size, 0) }

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/api/auth/')) return answer(200, this.grant())
    this.asked.push(`${request.method} ${pathname}`)
    this.tokens.push(request.headers.get('authorization'))
    const other = this.before.shift()?.(request)
    if (other) return other
    const headers = (more: Record<string, string>) => ({ 'Tus-Resumable': '1.0.0', ...more })
    switch (`${request.method} ${pathname}`) {
      case 'POST /api/files':
        this.form = await request.formData()
        return answer(201, { id: 1, name: 'a', kind: 'image' })
      case 'POST /api/uploads':
        this.metadata = request.headers.get('upload-metadata') ?? ''
        return new Response(null, { status: 201, headers: headers({ Location: 'http://inside.test/chat/api/uploads/u7' }) })
      case 'HEAD /api/uploads/u7':
        return new Response(null, { status: 200, headers: headers({ 'Upload-Offset': String(this.held) }) })
      case 'PATCH /api/uploads/u7': {
        const part = await request.blob()
        if (request.headers.get('upload-offset') !== String(this.held)) return refusal(409, 'conflict')
        if (this.breaksAt !== undefined) {
          this.parts.push(part.slice(0, this.breaksAt))
          this.breaksAt = undefined
          throw new TypeError('the line broke')
        }
        this.parts.push(part)
        return new Response(null, { status: 204, headers: headers({ 'Upload-Offset': String(this.held) }) })
      }
      case 'GET /api/uploads/u7':
        return answer(200, { id: 'u7', file: { id: 7, name: 'big', kind: 'video' } })
      default:
        return new Response(null, { status: 204 })
    }
  }

  grants = 0
  grant() {
    return { user: { id: 1, handle: 'ann', name: 'Ann' }, accessToken: `access${++this.grants}`, refreshToken: 'r', expiresIn: 900 }
  }
}

async function client(uploads: Uploads) {
  const { maru } = new Kit({ fetch: uploads.fetch, random: () => 0 })
  await maru.session.logIn('ann', 'correct horse')
  return maru
}
const bytes = (size: number) => new Blob([new Uint8Array(size).map((_, at) => at % 251)])
/** toEqual would look at each of the bytes for minutes. */
const same = async (a: Blob, b: Blob) => Buffer.from(await a.arrayBuffer()).equals(Buffer.from(await b.arrayBuffer()))
const big = 15 * 1024 * 1024

test('A small file goes as a form, with what is known of it before it', async () => {
  const uploads = new Uploads()
  const maru = await client(uploads)
  const info = await maru.files.upload(bytes(100), { name: '사진 1.webm', duration: 2.34567, waveform: [0, 50, 100] })
  expect(info).toMatchObject({ id: 1 })
  expect([...uploads.form!.keys()]).toEqual(['duration', 'waveform', 'file'])
  expect(uploads.form!.get('duration')).toBe('2.346')
  expect(uploads.form!.get('waveform')).toBe('[0,50,100]')
  expect(uploads.form!.get('file')).toMatchObject({ name: '사진 1.webm', size: 100 })
  expect(uploads.tokens).toEqual(['Bearer access1'])
})

test('A token that has ended is replaced, and the file goes again', async () => {
  const uploads = new Uploads()
  const maru = await client(uploads)
  uploads.before.push(() => refusal(401, 'unauthenticated'))
  await maru.files.upload(bytes(100))
  expect(uploads.tokens).toEqual(['Bearer access1', 'Bearer access2'])
})

test('A refusal is told at once', async () => {
  const uploads = new Uploads()
  const maru = await client(uploads)
  uploads.before.push(() => refusal(413, 'too-large'))
  await expect(maru.files.upload(bytes(100))).rejects.toMatchObject({ type: 'too-large' })
  expect(uploads.asked).toEqual(['POST /api/files'])
})

test('A large file goes in parts, and its progress grows up to all of it', async () => {
  const uploads = new Uploads()
  const maru = await client(uploads)
  const progress: number[] = []
  const file = bytes(big)
  const info = await maru.files.upload(file, { name: '영상.mp4', onProgress: sent => progress.push(sent) })
  expect(info).toMatchObject({ id: 7 })
  expect(uploads.asked.map(one => one.split(' ')[0])).toEqual(['POST', 'PATCH', 'PATCH', 'PATCH', 'GET'])
  expect(await same(new Blob(uploads.parts), file)).toBe(true)
  expect(Buffer.from(uploads.metadata.replace('filename ', ''), 'base64').toString()).toBe('영상.mp4')
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
  expect(progress.at(-1)).toBe(big)
})

test('After a lost connection it goes on where the server has it', async () => {
  const uploads = new Uploads()
  const maru = await client(uploads)
  uploads.breaksAt = 1000
  const file = bytes(big)
  await maru.files.upload(file)
  expect(uploads.asked.filter(one => one.startsWith('HEAD'))).toHaveLength(1)
  expect(await same(new Blob(uploads.parts), file)).toBe(true)
})

test('A server that is away for a while is waited for; one that does not come back is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const uploads = new Uploads()
    const maru = await client(uploads)
    for (let time = 0; time < 5; time++) uploads.before.push(() => refusal(503, 'unavailable'))
    const done = maru.files.upload(bytes(big))
    for (let time = 0; time < 8; time++) {
      await settle()
      await vi.advanceTimersByTimeAsync(16_000)
    }
    await expect(done).resolves.toMatchObject({ id: 7 })
    for (let time = 0; time < 50; time++) uploads.before.push(() => { throw new TypeError('away') })
    const never = maru.files.upload(bytes(100)).catch((error: unknown) => error)
    for (let time = 0; time < 12; time++) {
      await settle()
      await vi.advanceTimersByTimeAsync(16_000)
    }
    expect(await never).toMatchObject({ type: 'offline' })
    expect(await never).toBeInstanceOf(MaruProblem)
  } finally {
    vi.useRealTimers()
  }
})

test('An upload that is ended leaves nothing at the server', async () => {
  const uploads = new Uploads()
  const maru = await client(uploads)
  const end = new AbortController()
  const stopped = new Error('enough')
  await expect(maru.files.upload(bytes(big), {
    signal: end.signal, onProgress: sent => { if (sent > 0 && sent < big) end.abort(stopped) },
  })).rejects.toBe(stopped)
  await settle()
  expect(uploads.asked.at(-1)).toBe('DELETE /api/uploads/u7')
})

test('A message carries the ids of its files, and needs no text', async () => {
  const kit = new Kit()
  const wire = await kit.online()
  const file = { id: 5, kind: 'image', name: 'boat.jpg', mediaType: 'image/jpeg', size: 1, url: '/api/files/5' } as const
  const pending = kit.maru.outbox.send({ roomId: 1, text: '', files: [file], key: 'k1' })
  await settle()
  expect(pending).toMatchObject({ key: 'k1', files: [file] })
  expect(JSON.parse(wire.last('SEND', '/app/rooms/1/messages').body)).toEqual({ text: '', files: [5] })
})
