import { expect, it } from 'vitest'
import { Ime } from './ime'

const key = (timeStamp: number, more: Partial<KeyboardEvent> = {}) => 
  ({ key: 'Enter', keyCode: 13, isComposing: false, timeStamp, ...more })

it('leaves the Enter that ends a composition to it: Chrome and Firefox', () => {
  const ime = new Ime()
  ime.start()
  expect(ime.owns(key(100, { isComposing: true, keyCode: 229 }))).toBe(true)
  ime.end({ timeStamp: 101 })
  expect(ime.owns(key(300))).toBe(false)
})
it('Safari: compositionend comes before keydown', () => {
  const ime = new Ime()
  ime.start()
  ime.end({ timeStamp: 100 })
  expect(ime.owns(key(100, { keyCode: 229 }))).toBe(true)
  expect(ime.owns(key(400))).toBe(false)
})
it('Chrome on macOS, Korean: a second keydown of the same stroke has no sign of it', () => {
  const ime = new Ime()
  ime.start()
  expect(ime.owns(key(100, { isComposing: true }))).toBe(true)
  ime.end({ timeStamp: 102 })
  expect(ime.owns(key(103))).toBe(true)
  expect(ime.owns(key(250))).toBe(false)
})
it('takes any key for a part of the composition while it lasts', () => {
  const ime = new Ime()
  ime.start()
  expect(ime.owns(key(100, { key: 'ArrowDown', keyCode: 40 }))).toBe(true)
})
it('has nothing to do with other keys afterwards', () => {
  const ime = new Ime()
  ime.start()
  ime.end({ timeStamp: 100 })
  expect(ime.owns(key(101, { key: 'a', keyCode: 65 }))).toBe(false)
})
