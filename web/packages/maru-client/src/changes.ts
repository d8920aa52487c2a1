import type { EventMessage, Message, Quote, RoomEvent } from './types.js'

// What an entry of the log makes of a message. Each returns another message: what is shown is never changed in place.

type Of<Type extends RoomEvent['type']> = Extract<RoomEvent, { type: Type }>

/** A message that came live. Nobody has reacted yet as far as this reader knows: what they did follows. */
export function asMessage(message: EventMessage): Message {
  return { ...message, reactions: message.reactions.map((reaction) => ({ ...reaction, mine: false })) }
}

/** Its new text, mentions and files. What events do not tell stays. */
export function edited(old: Message, now: EventMessage): Message {
  const next: Message = { ...old, text: now.text, files: now.files }
  if (now.previews === undefined) delete next.previews
  else next.previews = now.previews
  if (now.editedAt === undefined) delete next.editedAt
  else next.editedAt = now.editedAt
  if (now.mentions === undefined) delete next.mentions
  else next.mentions = now.mentions
  return next
}

/** The tombstone: place, sender, time and thread stay. */
export function deleted(old: Message, now: EventMessage): Message {
  const next: Message = { ...old, text: '', reactions: [], files: [] }
  next.deletedAt = now.deletedAt ?? new Date().toISOString()
  delete next.mentions
  delete next.previews
  delete next.poll
  delete next.starred
  delete next.forwardedFrom
  return next
}

export function reacted(old: Message, event: Of<'reaction.changed'>, me: number): Message {
  const had = old.reactions.find((one) => one.emoji === event.emoji)
  const mine = event.userId === me ? event.added : (had?.mine ?? false)
  const now = { emoji: event.emoji, count: event.count, mine }
  const reactions = had ? old.reactions.map((one) => (one === had ? now : one)) : [...old.reactions, now]
  return { ...old, reactions: reactions.filter((one) => one.count > 0) }
}

export function voted(old: Message, event: Of<'poll.changed'>, me: number): Message {
  if (!old.poll) return old
  const votes = new Map(event.options.map((option) => [option.id, option.votes]))
  const poll = { ...old.poll, voters: event.voters }
  poll.options = poll.options.map((option) => ({ ...option, votes: votes.get(option.id) ?? option.votes }))
  if (event.vote?.userId === me) poll.mine = event.vote.options
  if (event.closedAt !== undefined) poll.closedAt = event.closedAt
  return { ...old, poll }
}

export function answered(old: Message, by: number): Message {
  const count = Math.max(0, (old.replies ?? 0) + by)
  const next: Message = { ...old, replies: count }
  if (count === 0) delete next.replies
  return next
}

export function starred(old: Message, on: boolean): Message {
  if ((old.starred ?? false) === on) return old
  const next: Message = { ...old, starred: true }
  if (!on) delete next.starred
  return next
}

const longest = 200

/** What a reply shows of the message that it answers, as the server would write it. */
export function quoteOf(message: Message): Quote {
  const { seq, sender, deletedAt } = message
  if (deletedAt !== undefined) return { seq, text: '', sender, deletedAt }
  let text = message.text
  if (text.length > longest) {
    // Not through the middle of a surrogate pair.
    const end = /[\uD800-\uDBFF]$/.test(text.slice(0, longest - 1)) ? longest - 2 : longest - 1
    text = text.slice(0, end) + '…'
  }
  return { seq, text, sender, ...(message.files.length > 0 ? { files: message.files } : {}) }
}
