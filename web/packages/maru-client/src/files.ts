import type { Bearer } from './api.js'
import { uploadResumable } from './tus.js'
import { authorized, fetchTransport, Patience, problemOf, xhrTransport, type Transport } from './transport.js'
import type { FileInfo } from './types.js'

export interface UploadOptions {
  /** The file's own name where it has one. */
  name?: string | undefined
  /** Seconds, of audio and video. */
  duration?: number | undefined
  /** Of a voice message: at most 64 numbers from 0 to 100. */
  waveform?: readonly number[] | undefined
  signal?: AbortSignal | undefined
  /** Bytes that have left, and all there are. */
  onProgress?: ((sent: number, total: number) => void) | undefined
}

const small = 8 * 1024 * 1024   // bytes up to which a file goes in one request

/** The files of messages and pictures: docs/protocols/rest.md, "Files". */
export class Files {
  readonly #send: Transport
  readonly #random: () => number

  /** @param fetch in place of the platform's, which also takes the place of XMLHttpRequest */
  constructor(
    private readonly url: string, bearer: Bearer, fetch: typeof globalThis.fetch | undefined, random: (() => number) | undefined,
  ) {
    const browser = !fetch && typeof XMLHttpRequest !== 'undefined'
    this.#send = authorized(browser ? xhrTransport : fetchTransport(fetch ?? ((input, init) => globalThis.fetch(input, init))), bearer)
    this.#random = random ?? Math.random
  }

  /**
   * Uploads a file, small ones in one request, others in parts that go on after a lost connection. Resolves when the server has all of it;
   * throws a MaruProblem when it refuses it or does not answer for a minute, and the signal's reason when that ends it.
   */
  async upload(file: Blob, options: UploadOptions = {}): Promise<FileInfo> {
    const { duration, waveform, signal, onProgress } = options
    const name = options.name ?? (file as { name?: string }).name ?? 'file'
    const about: Record<string, string> = {
      ...(duration === undefined ? {} : { duration: String(Math.round(duration * 1000) / 1000) }),
      ...(waveform === undefined ? {} : { waveform: JSON.stringify(waveform) }),
    }
    const tell = (bytes: number) => onProgress?.(Math.min(bytes, file.size), file.size)
    if (file.size > small) {
      const upload = { file, metadata: { filename: name, ...about }, signal, onProgress: tell }
      return await uploadResumable(`${this.url}api/uploads`, upload, this.#send, this.#random)
    }
    const patience = new Patience(this.#random, signal)
    for (;;) {
      try {
        return await this.#post(file, name, about, signal, tell)
      } catch (error) {
        await patience.wait(error)
      }
    }
  }

  async #post(
    file: Blob, name: string, about: Record<string, string>, signal: AbortSignal | undefined, onProgress: (bytes: number) => void,
  ): Promise<FileInfo> {
    const body = new FormData()
    for (const [field, value] of Object.entries(about)) body.append(field, value)
    body.append('file', file, name)
    onProgress(0)
    const answer = await this.#send({ method: 'POST', url: `${this.url}api/files`, body, signal, onProgress })
    if (!answer.ok) throw await problemOf(answer)
    return await answer.json() as FileInfo
  }

  /** Deletes a file of one's own: it goes from its messages too. */
  async remove(id: number): Promise<void> {
    const answer = await this.#send({ method: 'DELETE', url: `${this.url}api/files/${id}` })
    if (!answer.ok) throw await problemOf(answer)
  }

  /** The address of a file's content, or of one of a picture's two smaller ones. */
  address(file: Pick<FileInfo, 'url'>, size?: 'small' | 'large'): string {
    return new URL(file.url.replace(/^\//, '') + (size ? `/${size}` : ''), this.url).href
  }
}
