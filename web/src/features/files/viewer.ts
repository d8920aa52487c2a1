import type { FileInfo, Message } from 'maru-client'
import { inject, provide, shallowRef, type InjectionKey } from 'vue'
import { isShown } from './kinds'

/** A file that the viewer shows, and the message that brought it. */
export interface Shown { file: FileInfo; at: string; sender: Message['sender']; roomId: number; seq: number }

/** What lies open above all else; null: nothing. */
export const viewer = shallowRef<{ items: readonly Shown[]; index: number } | null>(null)

export function openViewer(items: readonly Shown[], fileId: number): void {
  const index = items.findIndex(one => one.file.id === fileId)
  if (index >= 0) viewer.value = { items, index }
}

/** All that can be looked at in these messages, in their order. */
export function shownOf(messages: readonly Message[]): Shown[] {
  return messages.flatMap(message => message.deletedAt ? [] : message.files.filter(isShown)
    .map(file => ({ file, at: message.at, sender: message.sender, roomId: message.roomId, seq: message.seq })))
}

const key: InjectionKey<() => readonly Message[]> = Symbol('messages')
/** Between which messages the viewer goes to and fro. */
export const provideMessages = (messages: () => readonly Message[]): void => provide(key, messages)
export const useMessages = () => inject(key, () => [])
