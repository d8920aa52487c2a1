import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useLongPress } from './useLongPress'

let scope = effectScope()
beforeEach(() => { vi.useFakeTimers() })
afterEach(() => {
  scope.stop()
  scope = effectScope()
  vi.useRealTimers()
})

function make() {
  const opened: unknown[] = []
  const press = scope.run(() => useLongPress(point => opened.push(point)))
  if (!press) throw new Error('no scope')
  return { opened, press }
}
const touch = (more: object = {}) => ({ pointerType: 'touch', isPrimary: true, clientX: 5, clientY: 6, ...more }) as PointerEvent
/** Whether a click comes through. */
function clicks(): boolean {
  let heard = false
  const button = document.body.appendChild(document.createElement('button'))
  button.addEventListener('click', () => { heard = true })
  button.click()
  button.remove()
  return heard
}

it('opens when a finger rests, and swallows its click alone', () => {
  const { opened, press } = make()
  press.pointerdown(touch())
  vi.advanceTimersByTime(450)
  expect(opened).toEqual([{ x: 5, y: 6 }])
  vi.advanceTimersByTime(5000)
  expect(clicks()).toBe(false)
  dispatchEvent(new Event('touchend'))
  expect(clicks()).toBe(false)
  vi.advanceTimersByTime(400)
  expect(clicks()).toBe(true)
})
it.each([
  ['it is lifted', (press: ReturnType<typeof useLongPress>) => press.pointerup()],
  ['it scrolls', (press: ReturnType<typeof useLongPress>) => press.pointercancel()],
  ['it moves', (press: ReturnType<typeof useLongPress>) => press.pointermove(touch({ clientY: 30 }))],
])('does nothing when %s', (_, end) => {
  const { opened, press } = make()
  press.pointerdown(touch())
  vi.advanceTimersByTime(300)
  end(press)
  vi.advanceTimersByTime(1000)
  expect(opened).toEqual([])
  expect(clicks()).toBe(true)
})
it('is nothing for a mouse, and bears a finger that trembles', () => {
  const { opened, press } = make()
  press.pointerdown(touch({ pointerType: 'mouse' }))
  vi.advanceTimersByTime(1000)
  expect(opened).toEqual([])
  press.pointerdown(touch())
  press.pointermove(touch({ clientX: 9 }))
  vi.advanceTimersByTime(450)
  expect(opened).toHaveLength(1)
  dispatchEvent(new Event('touchend'))
  vi.advanceTimersByTime(1000)
})
