import type { PinnedMessage, RoomEvent } from 'maru-client'
import { expect, it } from 'vitest'
import { PinList } from './pinList'

const user = { id: 1, handle: 'ann', name: 'Ann' }
const pin = (seq: number): PinnedMessage => ({
  message: { roomId: 1, seq, kind: 'message', sender: user, text: `m${seq}`, at: '2026-01-01T00:00:00Z', reactions: [], files: [] },
  pinnedBy: user, at: '2026-01-01T00:00:00Z',
})
const changed = (target: number, pinned: boolean): RoomEvent => ({ type: 'pin.changed', roomId: 1, seq: 99, target, pinned, userId: 1 })
const seqs = (list: PinList) => list.items.map(one => one.message.seq)

it('reads again when something is pinned, one request at a time', async () => {
  let requests = 0
  let answer: PinnedMessage[] = [pin(1)]
  const list = new PinList(async () => {
    requests++
    await Promise.resolve()
    return answer
  })
  const first = list.load()
  answer = [pin(2), pin(1)]
  for (let times = 0; times < 50; times++) list.apply(changed(2, true))
  await first
  expect(seqs(list)).toEqual([2, 1])
  expect(requests).toBe(2)
})
it('takes off what is unpinned or deleted without a request', async () => {
  let requests = 0
  const list = new PinList(async () => {
    requests++
    return [pin(3), pin(2), pin(1)]
  })
  await list.load()
  list.apply(changed(2, false))
  list.apply({ type: 'message.deleted', roomId: 1, seq: 9, message: { ...pin(3).message, reactions: [] } })
  expect(seqs(list)).toEqual([1])
  expect(requests).toBe(1)
})
it('shows edits', async () => {
  const list = new PinList(async () => [pin(1)])
  await list.load()
  list.apply({ type: 'message.edited', roomId: 1, seq: 9, message: { ...pin(1).message, text: 'new', reactions: [] } })
  expect(list.items[0]?.message.text).toBe('new')
})
