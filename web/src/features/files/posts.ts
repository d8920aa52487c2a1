import { Emitter, newKey, type FileInfo, type Pending } from 'maru-client'
import { maru } from '@/client'
import { enqueue, forget, onSettled, uploading, type Attachment } from './attachments'

/** A message whose files are not all at the server yet. It shows as one that waits, and goes when they are there. */
export interface Post {
  pending: Pending
  files: readonly Attachment[]
}

class Posts extends Emitter<{ change: number }> {
  readonly #rooms = new Map<number, Post[]>()
  #busy = false

  of(roomId: number): readonly Post[] { return this.#rooms.get(roomId) ?? none }

  find(key: string): Post | undefined {
    for (const room of this.#rooms.values()) {
      const found = room.find(post => post.pending.key === key)
      if (found) return found
    }
    return undefined
  }

  get size(): number { return [...this.#rooms.values()].reduce((sum, room) => sum + room.length, 0) }

  /** Sends it, now or when its files are there. */
  send(message: { roomId: number; text: string; replyTo?: number | undefined }, files: readonly Attachment[]): void {
    const { roomId, text, replyTo } = message
    const pending: Pending = {
      key: newKey(), roomId, text, at: Date.now(), state: 'waiting', ...(replyTo === undefined ? {} : { replyTo }),
    }
    this.#set(roomId, [...this.of(roomId), { pending, files }])
    this.look()
  }

  retry(key: string): void {
    for (const file of this.find(key)?.files ?? []) if (file.state === 'failed') enqueue(file)
  }

  discard(key: string): void {
    const post = this.find(key)
    if (!post) return
    for (const file of post.files) forget(file)
    this.#drop(post)
  }

  /** Without one of its files; without the last it has nothing more to say, unless there is a text. */
  without(key: string, file: Attachment): void {
    const post = this.find(key)
    if (!post) return
    forget(file)
    const files = post.files.filter(one => one !== file)
    if (files.length === 0 && post.pending.text === '') return this.#drop(post)
    this.#set(post.pending.roomId, this.of(post.pending.roomId).map(one => one === post ? { ...post, files } : one))
    this.look()
  }

  clear(): void {
    for (const room of [...this.#rooms.values()]) for (const post of room) this.#drop(post)
  }

  /** Of each room they go in the order in which they were written. */
  look(): void {
    if (this.#busy) return   // the outbox tells of what it was just given
    this.#busy = true
    try {
      this.#pass()
    } finally {
      this.#busy = false
    }
  }

  #pass(): void {
    for (const room of [...this.#rooms.values()]) {
      for (const post of room) {
        if (!post.files.every(file => file.state === 'done')) break
        const { key, roomId, text, replyTo } = post.pending
        try {
          maru.outbox.send({ key, roomId, text, replyTo, files: post.files.map(file => file.info as FileInfo) })
        } catch {
          break   // as many wait as may: with the next change
        }
        this.#drop(post)
      }
    }
  }

  #drop({ pending: { roomId, key } }: Post): void {
    this.#set(roomId, this.of(roomId).filter(post => post.pending.key !== key))
  }

  #set(roomId: number, posts: Post[]): void {
    if (posts.length > 0) this.#rooms.set(roomId, posts)
    else this.#rooms.delete(roomId)
    this.emit('change', roomId)
  }
}

const none: readonly Post[] = []
export const posts = new Posts()
onSettled(() => posts.look())
maru.outbox.on('change', () => posts.look())
maru.session.on('change', () => { if (maru.session.state !== 'in') posts.clear() })
addEventListener('beforeunload', event => { if (posts.size > 0 || uploading.value) event.preventDefault() })
