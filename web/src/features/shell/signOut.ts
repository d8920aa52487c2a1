import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { maru, outboxDatabase } from '@/client'
import { useProblems } from '@/composables/useProblems'
import { posts } from '@/features/files/posts'
import { useSession } from '@/features/accounts/session'

const asking = ref(false)
const waiting = ref(0)

/** Signing out asks first: a touch of a menu is soon done, and messages that still wait are lost by it. */
export function useSignOut() {
  const session = useSession()
  const problems = useProblems()
  const { t } = useI18n()
  return {
    asking,
    text() {
      if (waiting.value > 0) return t('shell.signOutWaiting', waiting.value)
      return t(session.isGuest ? 'shell.signOutGuest' : 'shell.signOutText')
    },


    async ask(): Promise<void> {
      const { user } = maru.session
      // Those of all tabs: the database has them, or where there is none, this tab.
      waiting.value = posts.size + Math.max(maru.outbox.size, user ? await outboxDatabase.count(user.id).catch(() => 0) : 0)
      asking.value = true
    },

    async signOut(): Promise<void> {
      try {
        await session.signOut()
        // A new page: nothing of this person stays in its memory.
        location.replace(new URL('sign-in', document.baseURI))
      } catch (error) {
        problems.tell(error)
      }
    },
  }
}
