import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deletions } from './deletions'

describe('deletions', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })
  const make = (answer: () => Promise<void> = async () => {}) => {
    const sent: [number, boolean][] = []
    const errors: unknown[] = []
    const deletions = new Deletions(async ({ seq }, last) => {
      sent.push([seq, last])
      await answer()
    }, error => errors.push(error))
    return { deletions, sent, errors }
  }

  it('hides at once and sends after five seconds, once', async () => {
    const { deletions, sent } = make()
    deletions.add({ roomId: 1, seq: 7 })
    deletions.add({ roomId: 1, seq: 7 })
    expect(deletions.hides(1, 7)).toBe(true)
    await vi.advanceTimersByTimeAsync(4999)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toEqual([[7, false]])
    expect(deletions.hides(1, 7)).toBe(true)
  })
  it('sends nothing when it is undone', async () => {
    const { deletions, sent } = make()
    const undo = deletions.add({ roomId: 1, seq: 7 })
    undo()
    expect(deletions.hides(1, 7)).toBe(false)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sent).toEqual([])
  })
  it('cannot be undone once it is out', async () => {
    const { deletions, sent } = make()
    const undo = deletions.add({ roomId: 1, seq: 7 })
    await vi.advanceTimersByTimeAsync(5000)
    undo()
    expect(deletions.hides(1, 7)).toBe(true)
    expect(sent).toHaveLength(1)
  })
  it('sends what waits when the page goes, and not again', async () => {
    const { deletions, sent } = make()
    deletions.add({ roomId: 1, seq: 7 })
    deletions.add({ roomId: 1, seq: 8 })
    deletions.flush()
    deletions.flush()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sent).toEqual([[7, true], [8, true]])
  })
  it('shows the message again when it is refused', async () => {
    const { deletions, errors } = make(() => Promise.reject(new Error('no')))
    deletions.add({ roomId: 1, seq: 7 })
    await vi.advanceTimersByTimeAsync(5000)
    expect(deletions.hides(1, 7)).toBe(false)
    expect(errors).toHaveLength(1)
  })
})
