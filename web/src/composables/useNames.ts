import type { User } from 'maru-client'
import { useI18n } from 'vue-i18n'

/** What people are called on the page: the server's word for somebody whose account is deleted is English. */
export function useNames() {
  const { t } = useI18n()
  return (user: Pick<User, 'handle' | 'name'>) => user.handle.startsWith('deleted:') ? t('ui.deletedUser') : user.name
}
