import { MaruProblem } from './problem.js'
import { Patience, pause, problemOf, type Transport } from './transport.js'
import type { FileInfo } from './types.js'

const version = { 'Tus-Resumable': '1.0.0' }
const chunk = 6 * 1024 * 1024
const made = 120_000   // ms in which the server makes a file of what it has

export interface Upload {
  file: Blob
  metadata: Record<string, string>
  signal: AbortSignal | undefined
  onProgress: (bytes: number) => void
}

/**
 * A resumable upload (tus 1.0) in parts. After a lost connection the server says how much it has, and the rest follows.
 * @param url where uploads are made
 */
export async function uploadResumable(url: string, { file, metadata, signal, onProgress }: Upload, send: Transport, random: () => number) {
  const patience = new Patience(random, signal)
  const ask = (method: string, to: string, more: Partial<Parameters<Transport>[0]> = {}) =>
    send({ method, url: to, signal, ...more, headers: { ...version, ...more.headers } })

  /** Repeats what may be repeated until it is answered, by a yes or by a refusal. */
  async function persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await work()
        patience.moved()
        return result
      } catch (error) {
        await patience.wait(error)
      }
    }
  }

  async function create(): Promise<string> {
    const answer = await ask('POST', url, { headers: { 'Upload-Length': String(file.size), 'Upload-Metadata': encode(metadata) } })
    const location = answer.headers.get('location')
    if (answer.status !== 201 || !location) throw await problemOf(answer)
    // Behind a proxy the server may not know its own address: the id is all that is taken from it.
    return `${url}/${location.replace(/[?#].*$/, '').split('/').at(-1)}`
  }

  async function offsetOf(upload: string): Promise<number> {
    const answer = await ask('HEAD', upload)
    if (!answer.ok) throw answer.status === 404 || answer.status === 410 ? new MaruProblem({ type: 'not-found' }) : await problemOf(answer)
    return Number(answer.headers.get('upload-offset') ?? 0)
  }

  async function append(upload: string, offset: number): Promise<number> {
    const answer = await ask('PATCH', upload, {
      headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
      body: file.slice(offset, offset + chunk),
      onProgress: bytes => onProgress(Math.min(file.size, offset + bytes)),
    })
    if (answer.status === 409) return await offsetOf(upload)   // it has more, or less, than we thought
    if (!answer.ok) throw await problemOf(answer)
    return Number(answer.headers.get('upload-offset') ?? offset + chunk)
  }

  let upload = ''
  try {
    upload = await persist(create)
    for (let offset = 0; offset < file.size;) {
      onProgress(offset)
      signal?.throwIfAborted()
      try {
        const now = await append(upload, offset)
        if (now > offset) patience.moved()
        offset = now
      } catch (error) {
        await patience.wait(error)
        offset = await persist(() => offsetOf(upload))
      }
    }
    onProgress(file.size)
    return await persist(() => finished(upload))
  } catch (error) {
    // What nobody goes on with takes no room; without this it would go by itself a day later.
    if (upload) void send({ method: 'DELETE', url: upload, headers: version }).catch(() => undefined)
    throw error
  }

  async function finished(of: string): Promise<FileInfo> {
    for (let wait = 100, end = Date.now() + made; ; wait = Math.min(2000, wait * 2)) {
      const answer = await ask('GET', of)
      if (!answer.ok) throw await problemOf(answer)
      const { file: info } = await answer.json() as { file?: FileInfo }
      if (info) return info
      if (Date.now() > end) throw new MaruProblem({ type: 'internal' })
      await pause(wait, signal)
    }
  }
}

function encode(metadata: Record<string, string>): string {
  return Object.entries(metadata).map(([name, value]) => `${name} ${base64(value)}`).join(',')
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join(''))
}
