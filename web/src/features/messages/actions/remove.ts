import { take } from 'maru-client'
import { maru } from '@/client'
import { i18n } from '@/i18n'
import { toasts } from '@/ui/toasts'
import { Deletions } from './deletions'

/** `keepalive`: the browser finishes the request after the page is gone. */
export const deletions = new Deletions(
  async ({ roomId, seq }, last) => {
    await take(maru.api.DELETE('/api/rooms/{roomId}/messages/{seq}', { params: { path: { roomId, seq } }, keepalive: last }))
  },
  () => toasts.tell(i18n.global.t('messages.item.notDeleted'), { kind: 'error' }),
)

addEventListener('pagehide', () => deletions.flush())
