import { take, type FileInfo, type ScheduledMessage } from 'maru-client'
import { useI18n } from 'vue-i18n'
import { maru } from '@/client'
import { useFormat } from '@/composables/useFormat'
import { useProblems } from '@/composables/useProblems'
import { randomKey } from '@/features/messages/composer/randomKey'
import { toasts } from '@/ui/toasts'
import { dropScheduled, putScheduled } from './scheduled'

/** What can be done with messages that go out later. Refusals are told. */
export function useScheduling() {
  const { t } = useI18n()
  const { tell } = useProblems()
  const format = useFormat()
  const at = (one: ScheduledMessage) => ({ params: { path: { scheduledId: one.id } } })

  async function cancel(one: ScheduledMessage): Promise<boolean> {
    try {
      await take(maru.api.DELETE('/api/me/scheduled/{scheduledId}', at(one)))
      dropScheduled(one.id)
      return true
    } catch (error) {
      tell(error)
      return false
    }
  }

  return {
    async schedule(
      roomId: number, message: { text: string; replyTo?: number | undefined; files: readonly FileInfo[] }, time: Date,
    ): Promise<boolean> {
      const { text, replyTo, files } = message
      try {
        putScheduled(await take(maru.api.POST('/api/rooms/{roomId}/scheduled', {
          params: { path: { roomId }, header: { 'Idempotency-Key': randomKey() } },
          body: {
            text, at: time.toISOString(), ...(replyTo === undefined ? {} : { replyTo }),
            ...(files.length > 0 ? { files: files.map(file => file.id) } : {}),
          },
        })))
        toasts.tell(t('scheduled.done', { when: `${format.day(time)} ${format.time(time)}` }))
        return true
      } catch (error) {
        tell(error)
        return false
      }
    },

    async change(one: ScheduledMessage, to: { text?: string; at?: string }): Promise<boolean> {
      try {
        putScheduled(await take(maru.api.PATCH('/api/me/scheduled/{scheduledId}', { ...at(one), body: { version: one.version, ...to } })))
        return true
      } catch (error) {
        tell(error)
        return false
      }
    },

    cancel,

    /** Cancels first: only what is cancelled cannot go out twice. */
    async sendNow(one: ScheduledMessage): Promise<void> {
      if (!await cancel(one)) return
      maru.outbox.send({ roomId: one.roomId, text: one.text, replyTo: one.replyTo, files: one.files })
    },
  }
}
