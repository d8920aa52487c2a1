import type { Message } from 'maru-client'
import { onScopeDispose, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useFormat } from '@/composables/useFormat'
import { inWords } from '@/features/files/words'
import { Announcer } from './announce'

/** What a live region says of messages as they come. */
export function useAnnouncer() {
  const { t } = useI18n()
  const format = useFormat()
  const heard = ref('')
  const announcer = new Announcer((messages, count) => {
    heard.value = messages.length > 0
      ? messages.map(one => t('messages.list.heard', { ...one })).join(' ')
      : t('messages.list.heardMany', { count: format.count(count) }, count)
  })
  onScopeDispose(() => announcer.close())
  return { heard, hear: (message: Message) => announcer.hear({ name: message.sender.name, text: inWords(message, t) }) }
}
