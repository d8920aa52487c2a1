import type { Message, MyRoom, User } from 'maru-client'
import { filesInWords } from '@/features/files/words'
import { systemText } from '@/features/messages/item/systemText'

type T = (key: string, values?: Record<string, unknown>) => string

/** What a list shows of a message: one line, who said it before it. */
export function preview(room: MyRoom, me: number, t: T, nameOf: (user: User) => string = user => user.name): string {
  const message = room.lastMessage
  if (!message) return t('rooms.nothingYet')
  if (message.kind === 'system') return systemText(message, t, nameOf)
  const text = excerpt(message, t)
  if (message.sender.id === me) return t('rooms.you', { text })
  return room.kind === 'direct' ? text : t('rooms.says', { name: nameOf(message.sender), text })
}

/** The message in one line, without its Markdown. */
type Excerpted = Pick<Message, 'deletedAt' | 'kind' | 'text' | 'poll' | 'forwardedFrom'> & { files?: Message['files'] }
export function excerpt(message: Excerpted, t: T): string {
  if (message.deletedAt) return t('rooms.deleted')
  if (message.kind === 'poll') return t('rooms.poll', { text: message.text })
  if (message.kind === 'unknown') return t('rooms.unknown')
  return plain(message.text) || filesInWords(message.files, t) || '…'
}

/** Markdown's signs go, what they enclose stays. */
export function plain(text: string): string {
  return text.slice(0, 500)
    .replace(/```\w*\n?/g, '')
    .replace(/^\s{0,3}(?:>|#{1,6}|[-*+]|\d+\.)\s+/gm, '')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
    .replace(/(^|\s)[*_](\S(?:.*?\S)?)[*_](?=\s|$|[.,!?])/g, '$1$2')
    .replace(/\s+/g, ' ')
    .trim()
}
