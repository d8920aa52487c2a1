import { Emitter } from './emitter.js'
import { MaruProblem } from './problem.js'
import { Recheck } from './recheck.js'
import { LiveWindow } from './timeline-live.js'
import type { TimelineSource } from './timeline-source.js'
import type { FeedEvent, Message, MessagePage, Room, RoomEvent, UserEvent } from './types.js'
import type { Entry } from './window.js'

/** What is loaded at a time. */
const pageSize = 50
/** Entries that are kept while a page is read, to bring the page up to date. */
const mostRecent = 10_000

/** Where to open a room: around a message, at the first unread one, or else at the newest. */
export type Where = { around?: number; unread?: boolean }
type Mode = 'replace' | 'older' | 'newer'

/**
 * A window of a room's messages, live. It begins at the newest, at the first unread or around a place, grows by pages in both directions,
 * and joins the room's feed to them without gap or double. Where newer messages are not loaded, those that come are only counted.
 * With `root` it is the thread of that message.
 */
export class Timeline extends Emitter<{ change: void; event: RoomEvent }> {
  private readonly live: LiveWindow
  private readonly recheck: Recheck
  private readonly stop: () => void
  private feed: { readonly seq: number; close(): void } | undefined
  private recent: RoomEvent[] = []
  private loads = 0
  private generation = 0
  private installed = false
  private stale = false
  private over = false
  private last: Where = {}
  private busy: { [mode in Mode]?: Promise<void> } = {}

  /** Where the reader was when the room was opened, and the first message that they had not read. */
  readSeq = 0
  firstUnread: number | null = null
  /** What the last load was refused with; `retry` repeats it. */
  problem: { mode: Mode; error: MaruProblem } | null = null
  /** Why nothing more comes: the slug of a problem, `removed`, or null. */
  gone: string | null = null

  constructor(
    private readonly source: TimelineSource,
    readonly roomId: number,
    readonly root: number | null = null,
  ) {
    super()
    const tell = () => this.tell()
    this.live = new LiveWindow(source, root, () => this.recheck.doubt(), tell)
    const large = () => (this.room?.memberCount ?? 0) > 100
    this.recheck = new Recheck(this.live.window, (query) => source.page(query), large, tell)
    this.stop = source.own((event) => this.onOwn(event))
  }

  /** Ascending. Another array after each change; the same messages but for those that changed. */
  get items(): readonly Message[] { return this.live.window.items }
  get room(): Room | null { return this.live.room }
  get rootMessage(): Message | null { return this.live.rootMessage }
  get hasOlder(): boolean { return this.live.hasOlder }
  get hasNewer(): boolean { return this.live.hasNewer }
  /** Messages that came while `hasNewer`. */
  get unseen(): number { return this.live.unseen }
  /** The message that the person looks at, by which a reload finds back; null: at the newest. */
  get anchor(): number | null { return this.live.anchor }
  set anchor(seq: number | null) { this.live.anchor = seq }

  get loading(): { readonly [mode in Mode]: boolean } {
    return { replace: !!this.busy.replace, older: !!this.busy.older, newer: !!this.busy.newer }
  }

  has(seq: number): boolean { return this.live.window.find(seq) !== undefined }
  get(seq: number): Message | undefined { return this.live.entry(seq)?.message }

  /** Begins anew at a place. `problem` says when that failed. */
  open(where: Where = {}): Promise<void> {
    this.last = where
    this.generation++
    this.busy = {}
    return this.load('replace', async () => {
      const head = this.room ? null : Promise.all([this.source.room(), this.source.readState()])
      const root = this.root !== null && !this.rootMessage ? this.source.message(this.root) : null
      root?.catch(() => {})
      head?.catch(() => {})
      let page = await this.source.page(where.around === undefined ? { limit: pageSize } : { around: where.around, limit: pageSize })
      if (head) {
        const [room, state] = await head
        if (!this.room) this.begin(room, state.readSeq, state.firstUnread ?? null)
        const first = state.unread > 0 ? (state.firstUnread ?? state.readSeq + 1) : null
        if (where.unread && first !== null && !page.items.some((one) => one.seq <= first) && page.hasMore) {
          page = await this.source.page({ around: first, limit: pageSize })
        }
      }
      if (root) this.live.setRoot(await root, page.lastSeq)
      return page
    })
  }

  older(): Promise<void> {
    if (!this.hasOlder || this.busy.replace) return Promise.resolve()
    return (this.busy.older ??= this.load('older', () => this.source.page({ before: this.live.window.first, limit: pageSize })))
  }

  newer(): Promise<void> {
    if (!this.hasNewer || this.busy.replace) return Promise.resolve()
    return (this.busy.newer ??= this.load('newer', () => this.source.page({ after: this.live.window.last, limit: pageSize })))
  }

  /** Makes sure that the message, or what is next to its place, is loaded. */
  jump(seq: number): Promise<void> {
    if (this.has(seq)) return Promise.resolve()
    const between = seq > this.live.window.first && (seq < this.live.window.last || !this.hasNewer)
    return between && this.live.window.length > 0 ? Promise.resolve() : this.open({ around: seq })
  }

  newest(): Promise<void> {
    this.anchor = null
    return this.hasNewer ? this.open() : Promise.resolve()
  }

  retry(): Promise<void> {
    const mode = this.problem?.mode ?? 'replace'
    if (mode === 'older') return this.older()
    return mode === 'newer' ? this.newer() : this.open(this.last)
  }

  /** Reads one message again: what only REST tells of it has changed. */
  async reload(seq: number): Promise<void> {
    const message = await this.source.message(seq)
    const entry = this.live.entry(seq)
    if (!entry || this.over) return
    entry.readAt = Date.now()
    this.live.window.replace(entry, message)
    this.tell()
  }

  /** Which messages are on the screen: those are kept exact. */
  look(first: number, last: number): void {
    this.recheck.look(first, last)
  }

  /** The reader has read up to there. */
  read(seq: number): void {
    this.source.read(seq)
    // With receipts off no event tells of it.
    this.live.readers.move(this.source.me(), seq)
    this.tell()
  }

  close(): void {
    this.over = true
    this.generation++
    this.feed?.close()
    this.recheck.close()
    this.live.close()
    this.stop()
  }

  private begin(room: Room, readSeq: number, firstUnread: number | null): void {
    this.live.begin(room)
    this.readSeq = readSeq
    this.firstUnread = firstUnread
  }

  private load(mode: Mode, read: () => Promise<MessagePage>): Promise<void> {
    const generation = this.generation
    const current = () => generation === this.generation && !this.over
    if (this.loads++ === 0) this.recent = []
    this.problem = null
    const work = (async () => {
      try {
        let page = await read()
        if (current() && !this.feed) {
          this.feed = this.source.feed(page.lastSeq, (event) => this.onFeed(event))
          // Others had it open, and it is beyond the page already: a page that is read from now on is not behind what is told.
          if (this.feed.seq > page.lastSeq) page = await read()
        }
        if (current()) this.install(mode, page)
      } catch (cause) {
        if (!current()) return
        const error = cause instanceof MaruProblem ? cause : new MaruProblem({ type: 'internal' }, { cause })
        this.problem = { mode, error }
        if (mode === 'replace' && error.type === 'not-found') this.gone = error.type
      } finally {
        if (--this.loads === 0) this.recent = []
        if (generation === this.generation) {
          delete this.busy[mode]
          this.tell()
        }
      }
    })()
    this.busy[mode] = work
    this.tell()
    return work
  }

  private install(mode: Mode, page: MessagePage): void {
    const { live } = this
    const readAt = Date.now()
    const entries = page.items.map((message): Entry => ({ message, asOf: page.lastSeq, readAt }))
    let end = false   // the page reaches the room's end
    if (mode === 'older') {
      live.window.prepend(entries.filter((entry) => entry.message.seq < live.window.first))
      live.hasOlder = page.hasMore
    } else {
      if (mode === 'replace') this.clear(page)
      const last = live.window.last
      for (const entry of entries) if (entry.message.seq > last) live.window.append(entry)
      // Only around a place a page tells of both directions.
      live.hasNewer = mode === 'newer' ? page.hasMore : (page.hasMoreAfter ?? false)
      end = !live.hasNewer
      if (end) live.head = page.lastSeq
      if (end || mode === 'replace') live.unseen = 0
    }
    live.trim(mode === 'older')
    for (const event of this.recent) {
      if (event.seq <= page.lastSeq) continue
      live.change(event)
      if (end || mode === 'replace') live.add(event)
    }
    this.recheck.installed()
  }

  private clear(page: MessagePage): void {
    const { live } = this
    live.window.clear()
    live.hasOlder = page.hasMore
    live.readers.begin(page.lastSeq)
    live.readers.know(this.source.me(), this.readSeq)
    this.installed = true
    this.stale = false
  }

  private onFeed(event: FeedEvent): void {
    if (this.over) return
    switch (event.type) {
      case 'typing':
        return
      case 'read':
        if (this.live.readers.move(event.userId, event.seq) || event.more) this.recheck.doubt()
        this.recheck.recent()
        return this.tell()
      case 'live':
        if (this.stale) void this.reopen()
        else this.recheck.again()
        return
      case 'reset':
        return void this.reopen()
      case 'closed':
        this.gone = event.problem
        return this.tell()
    }
    if (this.loads > 0) {
      if (this.recent.length >= mostRecent) this.stale = true
      else this.recent.push(event)
    }
    this.live.changeRoom(event)
    if (this.installed) {
      this.live.change(event)
      this.live.add(event)
    }
    this.emit('event', event)
    this.tell()
  }

  /** Entries are missing: reads again what the person looks at. */
  private async reopen(): Promise<void> {
    this.stale = true
    await this.open(this.anchor === null || this.root !== null ? {} : { around: this.anchor })
  }

  private onOwn(event: UserEvent): void {
    if (!('roomId' in event) || event.roomId !== this.roomId) return
    if (event.type === 'room.removed') this.gone = 'removed'
    else if (!this.live.own(event)) return
    this.tell()
  }

  private tell(): void {
    if (!this.over) this.emit('change', undefined)
  }
}
