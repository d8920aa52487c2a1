import type { Message, MyRoom } from 'maru-client'

type T = (key: string, values?: Record<string, unknown>) => string

/** What a list shows of a message: one line, who said it before it. */
export function preview(room: MyRoom, me: number, t: T): string {
  const message = room.lastMessage
  if (!message) return t('rooms.nothingYet')
  if (message.kind === 'system') return systemText(message, me, t)
  const text = excerpt(message, t)
  if (message.sender.id === me) return t('rooms.you', { text })
  return room.kind === 'direct' ? text : t('rooms.says', { name: message.sender.name, text })
}

/** The message in one line, without its Markdown. */
export function excerpt(message: Pick<Message, 'deletedAt' | 'kind' | 'text' | 'poll' | 'forwardedFrom'>, t: T): string {
  if (message.deletedAt) return t('rooms.deleted')
  if (message.kind === 'poll') return t('rooms.poll', { text: message.text })
  if (message.kind === 'unknown') return t('rooms.unknown')
  return plain(message.text) || '…'
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

/** What happened, as a sentence. */
export function systemText(message: Message, me: number, t: T): string {
  const actor = message.sender.id === me ? t('rooms.event.you', { name: message.sender.name }) : message.sender.name
  const alone = !message.subject || message.subject.id === message.sender.id
  const whom = message.subject?.name ?? ''
  const subject = alone ? actor : message.subject?.id === me ? t('rooms.event.whom', { name: whom }) : whom
  switch (message.event) {
    case 'member.joined': return alone ? t('rooms.event.joined', { subject }) : t('rooms.event.invited', { actor, subject })
    case 'member.left':
      if (message.banned) return t('rooms.event.banned', { actor, subject })
      return alone ? t('rooms.event.left', { subject }) : t('rooms.event.removed', { actor, subject })
    case 'room.changed': return message.subject ? t('rooms.event.role', { actor, subject }) : t('rooms.event.changed', { actor })
    default: return t('rooms.unknown')
  }
}
