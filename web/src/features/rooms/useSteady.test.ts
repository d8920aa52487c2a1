import type { MyRoom } from 'maru-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, shallowRef, type EffectScope } from 'vue'
import { useSteady } from './useSteady'

const list = (...ids: number[]) => ids.map(id => ({ id }) as MyRoom)
const pointer = (pointerType: string) => ({ pointerType }) as PointerEvent
let scope: EffectScope
beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function begin() {
  const rooms = shallowRef(list(1, 2, 3))
  const steady = scope.run(() => useSteady(() => rooms.value))!
  return { rooms, steady, shown: () => steady.rooms.value.map(room => room.id) }
}

test('Under a mouse rooms keep their places until it leaves', () => {
  const { rooms, steady, shown } = begin()
  steady.hold(pointer('mouse'))
  rooms.value = list(3, 1, 2)
  expect(shown()).toEqual([1, 2, 3])
  steady.release()
  expect(shown()).toEqual([3, 1, 2])
})

test('A mouse that rests for five seconds holds them no longer', () => {
  const { rooms, steady, shown } = begin()
  steady.hold(pointer('mouse'))
  vi.advanceTimersByTime(4000)
  steady.hold(pointer('mouse'))
  rooms.value = list(3, 1, 2)
  vi.advanceTimersByTime(4999)
  expect(shown()).toEqual([1, 2, 3])
  vi.advanceTimersByTime(1)
  expect(shown()).toEqual([3, 1, 2])
})

test('A finger holds nothing', () => {
  const { rooms, steady, shown } = begin()
  steady.hold(pointer('touch'))
  rooms.value = list(3, 1, 2)
  expect(shown()).toEqual([3, 1, 2])
})
