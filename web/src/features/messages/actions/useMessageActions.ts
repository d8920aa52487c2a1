import { take, type Message, type Room } from 'maru-client'
import { useI18n } from 'vue-i18n'
import { maru } from '@/client'
import { copyText } from '@/ui/copy'
import { useProblems } from '@/composables/useProblems'
import { pinsOf } from '@/features/pins/pins'
import { frequent } from '@/features/reactions/frequent'
import { toasts } from '@/ui/toasts'
import { deletions } from './remove'
import { isStarred, setStarred } from './stars'
import { markedUnread } from './unread'

const at = (message: Message) => ({ params: { path: { roomId: message.roomId, seq: message.seq } } })

/** All that can be done with a message but what its place does (reply, edit, open the thread). Refusals are told. */
export function useMessageActions() {
  const { t } = useI18n()
  const { tell } = useProblems()

  async function attempt(what: () => Promise<unknown>): Promise<boolean> {
    try {
      await what()
      return true
    } catch (error) {
      tell(error)
      return false
    }
  }

  return {
    attempt,

    async react(message: Message, emoji: string, on = !message.reactions.some(one => one.emoji === emoji && one.mine)) {
      const where = { params: { path: { roomId: message.roomId, seq: message.seq, emoji } } }
      if (on) frequent.use(emoji)
      await attempt(() => take(on
        ? maru.api.PUT('/api/rooms/{roomId}/messages/{seq}/reactions/{emoji}', where)
        : maru.api.DELETE('/api/rooms/{roomId}/messages/{seq}/reactions/{emoji}', where)))
    },

    async pin(message: Message) {
      const pinned = pinsOf(message.roomId).has(message.seq)
      await attempt(() => take(pinned
        ? maru.api.DELETE('/api/rooms/{roomId}/messages/{seq}/pin', at(message))
        : maru.api.PUT('/api/rooms/{roomId}/messages/{seq}/pin', at(message))))
    },

    async star(message: Message) {
      const starred = isStarred(message)
      setStarred(message.roomId, message.seq, !starred)
      const done = await attempt(() => take(starred
        ? maru.api.DELETE('/api/rooms/{roomId}/messages/{seq}/star', at(message))
        : maru.api.PUT('/api/rooms/{roomId}/messages/{seq}/star', at(message))))
      if (!done) setStarred(message.roomId, message.seq, starred)
    },

    async copy(message: Message) {
      toasts.tell(await copyText(message.text) ? t('ui.copied') : t('messages.item.notCopied'))
    },

    async copyLink(message: Message) {
      const link = new URL(`rooms/${message.roomId}/${message.seq}`, document.baseURI).href
      toasts.tell(await copyText(link) ? t('messages.item.linkCopied') : link)
    },

    async markUnread(message: Message) {
      markedUnread.value = { roomId: message.roomId, seq: message.seq }
      const done = await attempt(() => take(maru.api.PUT('/api/rooms/{roomId}/read', {
        params: { path: { roomId: message.roomId } }, body: { seq: message.seq - 1, unread: true },
      })))
      if (done) toasts.tell(t('messages.item.markedUnread'))
      else markedUnread.value = undefined
    },

    remove(message: Message) {
      const undo = deletions.add({ roomId: message.roomId, seq: message.seq })
      const close = toasts.tell(t('messages.item.deleted'), {
        ms: deletions.ms,
        action: {
          label: t('messages.item.undo'),
          run() {
            undo()
            close()
          },
        },
      })
    },

    /** For good: no edit brings them back. */
    async removePreviews(message: Message) {
      if (await attempt(() => take(maru.api.DELETE('/api/rooms/{roomId}/messages/{seq}/previews', at(message))))) {
        toasts.tell(t('linkpreviews.removed'))
      }
    },

    forward(message: Message, to: Room) {
      maru.outbox.send({ roomId: to.id, text: '', forward: { roomId: message.roomId, seq: message.seq } })
    },

    async vote(message: Message, options: number[]) {
      return await attempt(() => take(maru.api.PUT('/api/rooms/{roomId}/polls/{seq}/vote', { ...at(message), body: { options } })))
    },

    async closePoll(message: Message) {
      await attempt(() => take(maru.api.POST('/api/rooms/{roomId}/polls/{seq}/close', at(message))))
    },
  }
}
