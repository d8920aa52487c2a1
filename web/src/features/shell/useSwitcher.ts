import {
  mdiAccountCircleOutline, mdiAccountMultipleOutline, mdiAt, mdiChatPlusOutline, mdiCogOutline, mdiCompassOutline, mdiDevices,
  mdiForumOutline, mdiInformationOutline, mdiKeyboardOutline, mdiMagnify,
} from '@mdi/js'
import { MaruProblem, take, type User } from 'maru-client'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { maru } from '@/client'
import { useProblems } from '@/composables/useProblems'
import { useSession } from '@/features/accounts/session'
import { openPerson } from '@/features/contacts/person'
import { peerOf } from '@/features/rooms/peers'
import { isMuted, useRooms } from '@/features/rooms/rooms'
import { openSearch } from '@/features/search/open'
import { score } from './match'
import { shortcutsOpen } from './shortcuts'
import { ranked } from './switcher'

export interface Choice {
  key: string
  group: 'rooms' | 'people' | 'screens' | 'messages'
  label: string
  names: readonly string[]
  hint?: string
  icon?: string
  picture?: { id: number; src?: string | undefined; square: boolean }
  unread?: number
  muted?: boolean
  run: () => unknown
}

const pause = 200    // ms after the last letter before the server is asked
const fewRooms = 8, fewPeople = 6

/** What one can jump to, by what was typed: own rooms first, in the order in which they were used, people, screens. */
export function useSwitcher() {
  const { t } = useI18n()
  const router = useRouter()
  const problems = useProblems()
  const session = useSession()
  const rooms = useRooms()
  const query = ref('')
  const contacts = shallowRef<readonly { user: User; nickname?: string | undefined }[]>([])
  const found = shallowRef<readonly User[]>([])

  take(maru.api.GET('/api/contacts', { params: { query: { state: 'accepted', limit: 200 } } }))
    .then(({ items }) => { contacts.value = items }, () => undefined)

  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(query, text => {
    clearTimeout(timer)
    const q = text.trim()
    const mine = ++asked
    // Single consonants are no part of any name: the server would find nothing.
    if (!q || /[ㄱ-ㅎ]/.test(q) || session.profile?.guest) { found.value = []; return }
    timer = setTimeout(() => {
      take(maru.api.GET('/api/users', { params: { query: { q, limit: fewPeople * 2 } } }))
        .then(({ items }) => { if (mine === asked) found.value = items }, () => undefined)
    }, pause)
  })
  onScopeDispose(() => clearTimeout(timer))

  /** Opens the room of the two; of who lets only some write to them, the card. */
  async function talk(user: User) {
    try {
      const room = await take(maru.api.POST('/api/rooms/direct', { body: { userId: user.id } }))
      maru.rooms.learn(room)
      await router.push({ name: 'room', params: { roomId: room.id } })
    } catch (error) {
      problems.tell(error)
      if (error instanceof MaruProblem && error.type === 'may-not-write') openPerson(user.id, user)
    }
  }

  const ofRooms = computed<Choice[]>(() => rooms.items.map(room => ({
    key: `room-${room.id}`, group: 'rooms', label: room.name, unread: room.unread ?? 0, muted: isMuted(room),
    names: [room.name, ...(room.topic ? [room.topic] : [])],
    picture: { id: peerOf(room)?.id ?? room.id, src: room.avatarUrl ?? peerOf(room)?.avatarUrl, square: room.kind !== 'direct' },
    ...(room.topic ? { hint: room.topic } : {}),
    run: () => router.push({ name: 'room', params: { roomId: room.id } }),
  })))
  const ofPeople = computed<Choice[]>(() => {
    const known = contacts.value.map(contact => ({ ...contact.user, nickname: contact.nickname }))
    const others = found.value
      .filter(user => user.id !== session.userId && !known.some(one => one.id === user.id))
      .map(user => ({ ...user, nickname: undefined }))
    return [...known, ...others].map(user => ({
      key: `person-${user.id}`, group: 'people', label: user.nickname ?? user.name, hint: `@${user.handle}`,
      names: [user.name, user.handle, ...(user.nickname ? [user.nickname] : [])],
      picture: { id: user.id, src: user.avatarUrl, square: false }, run: () => talk(user),
    }))
  })
  const ofScreens = computed<Choice[]>(() => ([
    ['rooms', mdiForumOutline], ['discover', mdiCompassOutline], ['contacts', mdiAccountMultipleOutline], ['activity', mdiAt],
    ['new-room', mdiChatPlusOutline], ['me', mdiAccountCircleOutline], ['settings', mdiCogOutline], ['sessions', mdiDevices],
    ['about', mdiInformationOutline],
  ] as const).filter(([name]) => name !== 'new-room' || !session.isGuest).map(([name, icon]): Choice => {
    const label = t(router.resolve({ name }).meta.title ?? '')
    return { key: name, group: 'screens', label, names: [label, name], icon, run: () => router.push({ name }) }
  }).concat({
    key: 'shortcuts', group: 'screens', label: t('shell.shortcuts'), names: [t('shell.shortcuts'), 'shortcuts'], icon: mdiKeyboardOutline,
    run: () => { shortcutsOpen.value = true },
  }))

  const inMessages = (q: string): Choice => {
    const label = t('search.forText', { text: q })
    return { key: 'messages', group: 'messages', label, names: [label], icon: mdiMagnify, run: () => openSearch(router, { text: q }) }
  }

  const choices = computed<Choice[]>(() => {
    const q = query.value.trim()
    const fits = (text: string) => score(text, q.replace(/^@/, ''))
    return [
      ...ranked(ofRooms.value, fits, fewRooms),
      ...(q ? ranked(ofPeople.value, fits, fewPeople) : []),
      ...ranked(ofScreens.value, fits, q ? 4 : 0),
      ...(q ? [inMessages(q)] : []),
    ]
  })
  return { query, choices }
}
