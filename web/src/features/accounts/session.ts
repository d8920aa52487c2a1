import { take, type components, type Profile } from 'maru-client'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { maru, outboxDatabase } from '@/client'

/** Who is signed in, with their settings. */
export const useSession = defineStore('session', () => {
  const profile = shallowRef<Profile | null>(null)
  const signedIn = shallowRef(maru.session.state === 'in')
  /** Why the last session ended, when nobody here wished it. */
  const endedBy = shallowRef<string | null>(null)
  /** Who was signed in last on this page; 0 for nobody. */
  const lastUserId = shallowRef(maru.session.user?.id ?? 0)
  let leaving = false

  let told = 0
  /** What a request returned, unless an event came meanwhile: that may be of a later change, and is followed by what is later still. */
  async function keep(request: Promise<Profile>): Promise<void> {
    const before = told
    const read = await request
    if (told === before) profile.value = read
  }

  const load = (): Promise<void> => keep(take(maru.api.GET('/api/me')))

  const change = (changes: components['schemas']['ProfileChange']): Promise<void> =>
    keep(take(maru.api.PATCH('/api/me', { body: changes })))

  maru.session.on('change', () => {
    signedIn.value = maru.session.state === 'in'
    if (!signedIn.value) profile.value = null
    else {
      endedBy.value = null
      lastUserId.value = maru.session.user?.id ?? 0
      void load().catch(() => undefined)
    }
  })
  maru.session.on('ended', ({ reason }) => { endedBy.value = leaving ? null : reason })
  maru.events.on('profile.changed', event => {
    told++
    profile.value = event.profile
  })
  maru.events.on('resumed', () => void load().catch(() => undefined))
  if (signedIn.value) void load().catch(() => undefined)

  return {
    profile, user: profile, signedIn, endedBy, lastUserId, load,
    isGuest: computed(() => maru.session.user?.guest === true && signedIn.value),
    userId: computed(() => profile.value?.id ?? maru.session.user?.id ?? 0),

    /** Changes the profile or a setting of it; resolves when the server has it. */
    change,

    /** Ends the session here and on the server; what waits to be sent is forgotten. */
    async signOut(): Promise<void> {
      leaving = true
      const userId = maru.session.user?.id
      try {
        await maru.session.logOut()
        if (userId !== undefined) await outboxDatabase.clear(userId).catch(() => undefined)
      } finally {
        leaving = false
      }
    },

    /** The account is gone, and what waits in this browser with it. */
    async deleteAccount(password: string | undefined): Promise<void> {
      leaving = true
      const userId = maru.session.user?.id
      try {
        await take(maru.api.DELETE('/api/me', { body: { password } }))
        maru.session.end('account-deleted')
        if (userId !== undefined) await outboxDatabase.clear(userId).catch(() => undefined)
      } finally {
        leaving = false
      }
    },
  }
})
