import type { Message, Pending } from 'maru-client'
import { describe, expect, it } from 'vitest'
import { rowsOf, shiftOf, type Row } from './rows'

const options = { me: 1, unreadFrom: null }
function message(seq: number, sender = 2, minute = 0, more: Partial<Message> = {}): Message {
  return {
    roomId: 1, seq, kind: 'message', sender: { id: sender, handle: `u${sender}`, name: `U${sender}` }, text: `m${seq}`,
    at: new Date(2026, 10, 20, 12, minute).toISOString(), reactions: [], files: [], ...more,
  }
}
const groups = (rows: Row[]) => rows.map(row => `${row.first ? '[' : ''}${row.seq}${row.last ? ']' : ''}`).join(' ')
const pending = (key: string): Pending => ({ key, roomId: 1, text: key, at: 0, state: 'waiting' })

describe('rows', () => {
  it('group what one person says within a minute', () => {
    const joined = message(6, 2, 1, { kind: 'system' })
    const rows = rowsOf([message(1), message(2), message(3, 3), message(4, 3, 1), message(5, 3, 1), joined], [], [], options)
    expect(groups(rows)).toBe('[1 2] [3] [4 5] [6]')
  })

  it('say once within a group what it answers', () => {
    const reply = { replyTo: 1 }
    const items = [message(1, 3), message(2, 2, 0, reply), message(3, 2, 0, reply), message(4, 2, 0, { replyTo: 2 }),
      message(5, 2, 0), message(6, 2, 0, reply), message(7, 3, 0, reply)]
    expect(rowsOf(items, [], [], options).filter(row => row.quoted).map(row => row.seq)).toEqual([3])
  })

  it('begin a day, and what is unread', () => {
    const tomorrow = new Date(2026, 10, 21, 12, 0).toISOString()
    const items = [message(1), message(2), message(3), message(4, 2, 0, { at: tomorrow })]
    const rows = rowsOf(items, [], [], { me: 1, unreadFrom: 2 })
    expect(rows.map(row => !!row.day)).toEqual([true, false, false, true])
    expect(rows.map(row => row.unread)).toEqual([false, true, false, false])
    expect(groups(rows)).toBe('[1] [2 3] [4]')
  })

  it('are the same objects where nothing changed: at the end, in the middle and at the start', () => {
    const items = [message(10), message(11), message(12)]
    const old = rowsOf(items, [], [], options)
    const appended = rowsOf([...items, message(13, 3)], [], old, options)
    expect(appended.slice(0, 2)).toEqual(old.slice(0, 2))
    expect([appended[0] === old[0], appended[1] === old[1], appended[2] === old[2]]).toEqual([true, true, false])
    const prepended = rowsOf([message(8, 3), message(9, 3), ...items], [], old, options)
    expect([prepended[2] === old[0], prepended[3] === old[1], prepended[4] === old[2]]).toEqual([false, true, true])
    const trimmed = rowsOf(items.slice(1), [], old, options)
    expect(trimmed[1]).toBe(old[2])
    const edited = rowsOf([items[0]!, { ...items[1]!, text: 'x' }, items[2]!], [], old, options)
    expect(edited[1]).not.toBe(old[1])
  })

  it('keep the key of what was waiting, and show it once', () => {
    const waiting = rowsOf([message(1)], [pending('a'), pending('b')], [], options)
    const arrived = rowsOf([message(1), message(2, 1, 0, { clientKey: 'a' })], [pending('a'), pending('b')], waiting, options)
    expect(arrived.map(row => row.key)).toEqual(waiting.map(row => row.key))
    expect([!!arrived[1]?.message, !!arrived[2]?.pending]).toEqual([true, true])
  })

  it('begin a group with what waits where it will begin one in the room', () => {
    const at = Date.parse(message(1).at)
    const firsts = (before: Message) => rowsOf([before], [{ ...pending('a'), at }, { ...pending('b'), at: at + 60_000 }], [], options)
      .slice(1).map(row => row.first)
    expect(firsts(message(1, 1))).toEqual([false, true])
    expect(firsts(message(1, 2))).toEqual([true, true])
  })

  it('say how they shifted', () => {
    const rows = (...seqs: number[]) => rowsOf(seqs.map(seq => message(seq)), [], [], options)
    expect(shiftOf(rows(5, 6), rows(5, 6, 7))).toBe(0)
    expect(shiftOf(rows(5, 6), rows(3, 4, 5, 6))).toBe(2)
    expect(shiftOf(rows(3, 4, 5, 6), rows(5, 6, 7))).toBe(-2)
    expect(shiftOf(rows(3, 4), rows(50, 51))).toBeNull()
    expect(shiftOf(rows(50, 51), rows(3, 4))).toBeNull()
    const whole = rowsOf([message(3), message(4), message(5)], [], [], { ...options, start: true })
    expect(whole[0]?.start).toBe(true)
    expect(shiftOf(rows(5), whole)).toBe(3)
    expect(shiftOf(whole, whole.slice())).toBe(0)
    expect(shiftOf(whole, rows(5, 6))).toBe(-3)
  })

  it('of ten thousand messages cost little when one is added', () => {
    const items = Array.from({ length: 10_000 }, (_, at) => message(at + 1, 2 + at % 3))
    let rows = rowsOf(items, [], [], options)
    const begun = performance.now()
    for (let round = 0; round < 60; round++) {
      items.push(message(items.length + 1))
      rows = rowsOf(items, [], rows, options)
    }
    expect(rows).toHaveLength(10_060)
    expect(performance.now() - begun).toBeLessThan(4000)   // sixty frames; some 40 ms as a rule, and a busy machine takes its time
  })
})
