import type { Timeline } from 'maru-client'
import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref, shallowRef } from 'vue'
import { useReading, type Seen } from './useReading'

function start(readSeq = 5, firstUnread: number | null = null) {
  const told: number[] = []
  const timeline = { readSeq, firstUnread, read: (seq: number) => told.push(seq) } as unknown as Timeline
  const seen = shallowRef<Seen>({ seq: 0, newest: 10 })
  const looking = ref(true)
  const held = ref(false)
  const scope = effectScope()
  const reading = scope.run(() => useReading(timeline, seen, looking, () => held.value))!
  return { told, seen, looking, held, reading, scope }
}

describe('what was read', () => {
  it('is what was on the screen while somebody looked, told once', async () => {
    const { told, seen, looking, reading } = start()
    reading.begin()
    seen.value = { seq: 8, newest: 10 }
    await nextTick()
    seen.value = { seq: 7, newest: 10 }
    await nextTick()
    looking.value = false
    seen.value = { seq: 10, newest: 10 }
    await nextTick()
    expect(told).toEqual([8])
    looking.value = true
    await nextTick()
    expect(told).toEqual([8, 10])
  })

  it('is nothing while the room shall stay unread', async () => {
    const { told, seen, held, reading } = start()
    reading.begin()
    held.value = true
    seen.value = { seq: 10, newest: 10 }
    await nextTick()
    expect(told).toEqual([])
  })

  it('has a line below it that stays, until it is cleared', async () => {
    const { told, seen, reading } = start(5, 6)
    reading.begin()
    seen.value = { seq: 10, newest: 10 }
    await nextTick()
    expect(reading.line.value).toBe(6)
    reading.clear(12)
    expect([reading.line.value, told.at(-1)]).toEqual([null, 12])
  })

  it('has its line above the first message that came while nobody looked', async () => {
    const { seen, looking, reading } = start(10)
    reading.begin()
    seen.value = { seq: 10, newest: 10 }
    await nextTick()
    reading.came(11)
    expect(reading.line.value).toBeNull()
    seen.value = { seq: 11, newest: 11 }
    await nextTick()
    looking.value = false
    await nextTick()
    reading.came(12)
    reading.came(13)
    expect(reading.line.value).toBe(12)
  })

  it('is told again after the person marked it as unread', async () => {
    const { told, seen, held, reading } = start()
    reading.begin()
    seen.value = { seq: 10, newest: 10 }
    await nextTick()
    held.value = true
    reading.back(8)
    expect(reading.line.value).toBe(8)
    held.value = false
    seen.value = { seq: 11, newest: 11 }
    await nextTick()
    expect(told).toEqual([10, 11])
  })
})
