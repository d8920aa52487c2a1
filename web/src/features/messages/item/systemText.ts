import type { Message, User } from 'maru-client'

type Translate = (key: string, values: Record<string, string>) => string

/** Names keep their own direction within a sentence (first strong isolate). */
const isolated = (name: string) => `\u2068${name}\u2069`

/** The sentence for a system message: also for the list of rooms, and for quotes. */
export function systemText(message: Message, t: Translate, nameOf: (user: User) => string = user => user.name): string {
  const { event, sender, subject, banned } = message
  const values = { actor: isolated(nameOf(sender)), name: isolated(nameOf(subject ?? sender)) }
  const alone = !subject || subject.id === sender.id
  const key = () => {
    switch (event) {
      case 'member.joined': return alone ? 'joined' : 'broughtIn'
      case 'member.left': return banned ? 'banned' : alone ? 'left' : 'removed'
      case 'room.changed': return subject ? 'roleChanged' : 'roomChanged'
      default: return 'somethingHappened'
    }
  }
  return t(`messages.item.system.${key()}`, values)
}
