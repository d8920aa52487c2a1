import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DraftBox, type DraftText } from './draftBox'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function make(put: (draft: DraftText) => Promise<void> = async () => {}) {
  const kept: (DraftText | null)[] = []
  const sent: DraftText[] = []
  const box = new DraftBox({
    keep: draft => kept.push(draft),
    put: draft => {
      sent.push(draft)
      return put(draft)
    },
  }, { text: '' })
  return { box, kept, sent }
}

it('keeps here at once, and sends when the typing pauses, once', async () => {
  const { box, kept, sent } = make()
  for (const text of ['a', 'ab', 'abc']) {
    box.change({ text })
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(kept).toHaveLength(3)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(500)
  expect(sent).toEqual([{ text: 'abc' }])
})
it('removes it everywhere when the message goes out, and nothing where nothing was', async () => {
  const { box, kept, sent } = make()
  box.change({ text: 'abc' })
  box.sent()
  await vi.advanceTimersByTimeAsync(5000)
  expect(kept.at(-1)).toBeNull()
  expect(sent).toEqual([])
  box.change({ text: 'abc' })
  await vi.advanceTimersByTimeAsync(1000)
  box.sent()
  expect(sent).toEqual([{ text: 'abc' }, { text: '' }])
})
it('shows what another device wrote, but not while the person types', async () => {
  const { box } = make()
  expect(box.remote({ text: 'there' })).toEqual({ text: 'there' })
  box.change({ text: 'there, here' })
  expect(box.remote({ text: 'other' })).toBeUndefined()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(box.remote({ text: 'later' })).toEqual({ text: 'later' })
})
it('does not take its own echo for news', async () => {
  const { box } = make()
  box.change({ text: 'ab' })
  await vi.advanceTimersByTimeAsync(1000)
  box.change({ text: 'abc' })
  await vi.advanceTimersByTimeAsync(900)
  expect(box.remote({ text: 'ab' })).toBeUndefined()
})
it('sends again what could not be sent, with the next change', async () => {
  let online = false
  const { box, sent } = make(() => online ? Promise.resolve() : Promise.reject(new Error('offline')))
  box.change({ text: 'a' })
  await vi.advanceTimersByTimeAsync(1000)
  online = true
  box.flush()
  await vi.advanceTimersByTimeAsync(0)
  box.flush()
  expect(sent).toEqual([{ text: 'a' }, { text: 'a' }])
})
it('has one request at a time, and the newest text at the end', async () => {
  const answers: (() => void)[] = []
  const { box, sent } = make(() => new Promise(resolve => answers.push(resolve)))
  box.change({ text: 'a' })
  await vi.advanceTimersByTimeAsync(1000)
  box.change({ text: 'ab' })
  await vi.advanceTimersByTimeAsync(5000)
  expect(sent).toEqual([{ text: 'a' }])
  answers[0]?.()
  await vi.advanceTimersByTimeAsync(1000)
  expect(sent).toEqual([{ text: 'a' }, { text: 'ab' }])
})
