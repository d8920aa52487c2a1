import { beforeEach, describe, expect, it } from 'vitest'
import { MaruProblem } from '../src/problem.js'
import { Timeline } from '../src/timeline.js'
import { ben, range, Script, seqs, settle } from './script.js'

let script: Script
let timeline: Timeline
beforeEach(() => {
  script = new Script()
  timeline = new Timeline(script, 7)
  return () => timeline.close()
})

describe('opening', () => {
  it('begins at the newest page', async () => {
    script.many(120)
    await timeline.open()
    expect(seqs(timeline)).toEqual(range(71, 120))
    expect([timeline.hasOlder, timeline.hasNewer]).toEqual([true, false])
  })

  it('begins around the first unread message where that is further back', async () => {
    script.many(200)
    script.position = { readSeq: 60, unread: 140, mentions: 0, firstUnread: 61 }
    await timeline.open({ unread: true })
    expect(seqs(timeline)).toEqual(range(36, 85))
    expect([timeline.firstUnread, timeline.hasOlder, timeline.hasNewer]).toEqual([61, true, true])
  })

  it('needs one page where the first unread message is among the newest', async () => {
    script.many(200)
    script.position = { readSeq: 190, unread: 10, mentions: 0, firstUnread: 191 }
    await timeline.open({ unread: true })
    expect(script.queries).toHaveLength(1)
    expect(timeline.hasNewer).toBe(false)
  })

  it('is gone where the room is not there', async () => {
    script.fail = new MaruProblem({ type: 'not-found', status: 404 })
    await timeline.open()
    expect(timeline.gone).toBe('not-found')
  })

  it('says what it was refused with, and repeats that', async () => {
    script.many(3)
    script.fail = MaruProblem.offline()
    await timeline.open({ around: 2 })
    expect(timeline.problem?.error.type).toBe('offline')
    script.fail = null
    await timeline.retry()
    expect(timeline.problem).toBeNull()
    expect(seqs(timeline)).toEqual([1, 2, 3])
    expect(script.queries.map((one) => one.around)).toEqual([2, 2])
  })
})

describe('pages', () => {
  it('grow in both directions to the ends', async () => {
    script.many(160)
    await timeline.open({ around: 80 })
    expect(seqs(timeline)).toEqual(range(55, 104))
    await timeline.older()
    await timeline.older()
    await timeline.newer()
    expect(seqs(timeline)).toEqual(range(1, 154))
    expect([timeline.hasOlder, timeline.hasNewer]).toEqual([false, true])
    await timeline.newer()
    expect([seqs(timeline).length, timeline.hasNewer]).toEqual([160, false])
  })

  it('are read once, however often they are asked for', async () => {
    script.many(160)
    await timeline.open()
    await Promise.all([timeline.older(), timeline.older(), timeline.older()])
    expect(script.queries).toHaveLength(2)
    expect(seqs(timeline)).toEqual(range(61, 160))
  })

  it('of a place that was left are dropped', async () => {
    script.many(300)
    await timeline.open({ around: 100 })
    script.hold = true
    const older = timeline.older()
    script.hold = false
    await timeline.open()
    await script.deliver()
    await older
    expect(seqs(timeline)).toEqual(range(251, 300))
  })

  it('keep ten thousand messages, and drop the far end', async () => {
    script.many(30)
    await timeline.open()
    script.many(11_000)
    script.tell()
    expect(timeline.items.length).toBeLessThanOrEqual(10_500)
    expect(timeline.items.at(-1)?.seq).toBe(11_030)
    expect(timeline.hasOlder).toBe(true)
    expect(seqs(timeline)).toEqual(range(timeline.items[0]!.seq, 11_030))
  })

  it('drop the newest where the person reads far back, and count from then on', async () => {
    script.many(30)
    await timeline.open()
    timeline.anchor = 5
    script.many(10_100)
    script.tell()
    expect([timeline.items[0]?.seq, timeline.items.length, timeline.hasNewer]).toEqual([1, 10_000, true])
    expect(timeline.unseen).toBeGreaterThan(100)
  })
})

describe('the feed joins the page', () => {
  it('without gap or double when entries come before the page', async () => {
    script.many(10)
    await timeline.open()
    script.hold = true
    const jump = timeline.open({ around: 5 })
    await settle()
    script.many(5)       // behind the page that is on its way
    script.edit(3, 'mended')
    script.tell()
    await script.deliver()
    await jump
    expect(seqs(timeline)).toEqual(range(1, 15))
    expect(timeline.get(3)?.text).toBe('mended')
  })

  it('without gap or double when the page is ahead of the feed', async () => {
    script.many(10)
    await timeline.open()
    const root = script.say('root')
    script.say('reply', ben, { replyTo: root })
    script.messages.set(root, { ...script.messages.get(root)!, replies: 1 })
    script.react(root, 1)
    await timeline.open()     // has all of it
    script.tell()             // the feed only says it now
    expect(seqs(timeline)).toEqual(range(1, 12))
    expect(timeline.get(root)?.replies).toBe(1)
    expect(timeline.get(root)?.reactions).toEqual([{ emoji: '👍', count: 1, mine: false }])
  })

  it('when others had the feed open, and it is beyond the page', async () => {
    script.many(10)
    script.hold = true
    const opening = timeline.open()
    await settle()
    script.many(2)      // told to the others alone
    script.ahead = 2
    await script.deliver()
    script.many(1)
    script.tell()
    script.hold = false
    await script.deliver()
    await opening
    expect(seqs(timeline)).toEqual(range(1, 13))
  })

  it('when the last newer page arrives while messages come', async () => {
    script.many(100)
    await timeline.open({ around: 30 })
    script.hold = true
    const newer = timeline.newer()
    await settle()
    script.many(3)
    script.tell()
    expect(timeline.unseen).toBe(3)
    await script.deliver()
    await newer
    expect(timeline.hasNewer).toBe(false)
    expect(seqs(timeline)).toEqual(range(5, 103))
    expect(timeline.unseen).toBe(0)
  })

  it('counts what comes while newer messages are not loaded', async () => {
    script.many(200)
    await timeline.open({ around: 50 })
    script.many(4)
    script.change({ type: 'reaction.changed', target: 60, emoji: '👍', count: 1, userId: 2, added: true })
    script.tell()
    expect(timeline.unseen).toBe(4)
    expect(timeline.items.at(-1)?.seq).toBe(74)
    expect(timeline.get(60)?.reactions).toHaveLength(1)
    await timeline.newest()
    expect([timeline.unseen, timeline.items.at(-1)?.seq]).toEqual([0, 204])
  })

  it('reads around the person again after a reset', async () => {
    script.many(100)
    await timeline.open({ around: 40 })
    timeline.anchor = 40
    script.many(900)
    script.told = 1000
    script.notice({ type: 'reset', roomId: 7, seq: 1000 })
    await settle()
    expect(timeline.has(40)).toBe(true)
    expect(timeline.hasNewer).toBe(true)
    timeline.anchor = null
    script.notice({ type: 'reset', roomId: 7, seq: 1000 })
    await settle()
    script.many(1)
    script.tell()
    expect(seqs(timeline)).toEqual(range(951, 1001))
  })

  it('tries a reload again once the connection is back', async () => {
    script.many(10)
    await timeline.open()
    script.many(600)
    script.told = 610
    script.fail = MaruProblem.offline()
    script.notice({ type: 'reset', roomId: 7, seq: 610 })
    await settle()
    script.fail = null
    script.notice({ type: 'live', roomId: 7, seq: 610 })
    await settle()
    expect(seqs(timeline)).toEqual(range(561, 610))
  })
})

it('two hundred messages a second cost little with ten thousand loaded', async () => {
  script.many(10)
  await timeline.open()
  script.many(9_900)
  script.tell()
  let frames = 0
  timeline.on('change', () => { frames++ })
  script.many(2_000)
  const begun = performance.now()
  script.tell()
  const each = (performance.now() - begun) / 2_000
  expect(frames).toBe(2_000)
  expect(each).toBeLessThan(0.25)   // 200 a second: 50 ms at the very most, some 2 as a rule
})
