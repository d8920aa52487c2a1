import { MaruProblem } from '../src/problem.js'
import type { Timeline } from '../src/timeline.js'
import type { PageQuery, TimelineSource } from '../src/timeline-source.js'
import type { FeedEvent, Message, MessagePage, Room, RoomEvent, RoomReadState, UserEvent } from '../src/types.js'

export const ann = { id: 1, handle: 'ann', name: 'Ann' }
export const ben = { id: 2, handle: 'ben', name: 'Ben' }

/** A room whose log is told as the test likes: what is committed, what the feed has said, and when a page arrives. */
export class Script implements TimelineSource {
  log: RoomEvent[] = []
  messages = new Map<number, Message>()
  told = 0
  position: RoomReadState = { readSeq: 0, unread: 0, mentions: 0 }
  members = 3
  kind: Room['kind'] = 'group'
  queries: PageQuery[] = []
  /** Pages wait here while `hold`; each is read at once, and delivered later. */
  hold = false
  held: (() => void)[] = []
  fail: MaruProblem | null = null
  private handler: ((event: FeedEvent) => void) | undefined
  private ownHandler: ((event: UserEvent) => void) | undefined
  closed = 0
  /** How far beyond the page the feed is when it is opened: somebody else had it open. */
  ahead = 0

  me = () => 1
  room = async (): Promise<Room> => ({
    id: 7, kind: this.kind, name: 'Harbour', description: '', visibility: 'private', hasPassword: false, memberCount: this.members,
    lastSeq: this.log.length, history: 'all', role: 'owner',
  })
  readState = async () => this.position
  async message(seq: number) {
    const message = this.messages.get(seq)
    if (!message) throw new MaruProblem({ type: 'not-found', status: 404 })
    return message
  }
  async page(query: PageQuery): Promise<MessagePage> {
    this.queries.push(query)
    if (this.fail) throw this.fail
    const limit = query.limit ?? 50
    const all = [...this.messages.values()].sort((a, b) => a.seq - b.seq)
    let page: MessagePage
    if (query.around !== undefined) {
      const behind = all.filter((one) => one.seq >= query.around!)
      const before = all.filter((one) => one.seq < query.around!)
      const items = [...before.slice(-(limit / 2)), ...behind.slice(0, limit / 2)]
      page = { items, hasMore: before.length > limit / 2, hasMoreAfter: behind.length > limit / 2, lastSeq: this.log.length }
    } else if (query.after !== undefined) {
      const behind = all.filter((one) => one.seq > query.after!)
      page = { items: behind.slice(0, limit), hasMore: behind.length > limit, lastSeq: this.log.length }
    } else {
      const before = all.filter((one) => query.before === undefined || one.seq < query.before)
      page = { items: before.slice(-limit), hasMore: before.length > limit, lastSeq: this.log.length }
    }
    if (this.hold) await new Promise<void>((resolve) => this.held.push(resolve))
    return page
  }
  feed(after: number, handler: (event: FeedEvent) => void) {
    this.handler = handler
    this.told = after + this.ahead
    const told = () => this.told
    return { get seq() { return told() }, close: () => void this.closed++ }
  }
  own(handler: (event: UserEvent) => void) {
    this.ownHandler = handler
    return () => {}
  }
  read() {}

  // What happens in the room.
  say(text: string, sender = ben, more: Partial<Message> = {}): number {
    const seq = this.log.length + 1
    const message: Message = {
      roomId: 7, seq, kind: 'message', sender, text, at: '2026-11-20T12:50:00.000Z', reactions: [], files: [], ...more,
    }
    this.messages.set(seq, { ...message, unreadBy: this.members - 1 })
    this.log.push({ type: 'message.created', roomId: 7, seq, message } as RoomEvent)
    return seq
  }
  many(count: number) {
    for (let at = 0; at < count; at++) this.say(`m${this.log.length + 1}`)
  }
  change(event: Record<string, unknown>): number {
    const seq = this.log.length + 1
    this.log.push({ roomId: 7, ...event, seq } as unknown as RoomEvent)
    return seq
  }
  edit(seq: number, text: string) {
    const message: Message = { ...this.messages.get(seq)!, text, editedAt: '2026-11-20T12:51:00.000Z' }
    this.messages.set(seq, message)
    return this.change({ type: 'message.edited', message })
  }
  delete(seq: number) {
    const message: Message = { ...this.messages.get(seq)!, text: '', deletedAt: '2026-11-20T12:51:00.000Z' }
    this.messages.set(seq, message)
    return this.change({ type: 'message.deleted', message })
  }
  react(seq: number, count: number, userId = 2, added = true) {
    const message = this.messages.get(seq)!
    this.messages.set(seq, { ...message, reactions: [{ emoji: '👍', count, mine: userId === 1 && added }] })
    return this.change({ type: 'reaction.changed', target: seq, emoji: '👍', count, userId, added })
  }
  /** Tells all that the feed has not said yet. */
  tell() {
    while (this.told < this.log.length) this.handler?.(this.log[this.told++]!)
  }
  notice(event: FeedEvent) {
    this.handler?.(event)
  }
  personal(event: UserEvent) {
    this.ownHandler?.(event)
  }
  async deliver() {
    for (const go of this.held.splice(0)) go()
    await settle()
  }
}

export const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
export const seqs = (timeline: Timeline) => timeline.items.map((one) => one.seq)
export const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)
