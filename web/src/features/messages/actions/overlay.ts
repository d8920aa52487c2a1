import type { Message, Room } from 'maru-client'
import { shallowRef } from 'vue'

/** A message with which something is done, and where its place asks for it. */
export interface Target {
  message: Message
  room: Room
  mine: boolean
  inThread: boolean
  reply: () => void
  edit: () => void
  thread: () => void
}
export interface Point { x: number; y: number }

export type Overlay =
  | { kind: 'menu'; target: Target; point: Point }
  | { kind: 'react'; target: Target; point: Point }
  | { kind: 'reactors'; target: Target; emoji?: string }
  | { kind: 'voters'; target: Target; option: number }
  | { kind: 'forward' | 'readers'; target: Target }

/** What lies above the messages: one at a time, apart from the list, whose items come and go as one scrolls. */
export const overlay = shallowRef<Overlay | null>(null)

/** Where the focus goes back to. */
let before: Element | null = null

export function openOverlay(next: Overlay): void {
  if (!overlay.value) before = document.activeElement
  overlay.value = next
}

export function closeOverlay(): void {
  overlay.value = null
  if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  before = null
}

/** Below the middle of an element: for menus that no pointer opened. */
export function pointOf(element: Element): Point {
  const { left, width, top, height } = element.getBoundingClientRect()
  return { x: left + Math.min(width / 2, 240), y: Math.max(80, Math.min(top + height / 2, innerHeight - 80)) }
}
