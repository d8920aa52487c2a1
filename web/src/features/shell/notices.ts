import type { EventMessage, MyRoom } from 'maru-client'
import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { maru } from '@/client'
import { isQuiet } from '@/features/accounts/quiet'
import { useSession } from '@/features/accounts/session'
import { inWords } from '@/features/files/words'
import { first } from '@/realtime/firstTab'
import { showNotice } from '@/realtime/notifications'
import { wants } from './noticeRules'
import { preferences } from './preferences'
import { ping } from './sound'

/** Tells of messages while nobody looks at the page: a notification and a tone, one of each over all tabs. */
export function useNotices(): void {
  const { t } = useI18n()
  const router = useRouter()
  const session = useSession()
  const told = new Map<number, number>()   // room → the newest message that was looked at here

  function hear(room: MyRoom | undefined, message: EventMessage, mentioned: boolean) {
    const me = session.userId
    if (!room || message.seq <= (told.get(room.id) ?? 0)) return
    told.set(room.id, message.seq)
    if (message.sender.id === me || message.kind === 'system') return
    if (!wants(room, mentioned || (message.mentions ?? []).some(one => one.all || one.userId === me))) return
    void tell(room, `${room.id}-${message.seq}`, message)
  }

  async function tell(room: MyRoom, name: string, message?: EventMessage) {
    const { values } = preferences
    if (isQuiet(session.profile) || !(values.notifications || values.sound)) return
    // A tab that is looked at comes first: then there is nothing to tell.
    if (!await first(`maru-notice-${name}`, document.hidden) || !document.hidden) return
    if (values.notifications) {
      await showNotice({ ...words(room, message), tag: `room-${room.id}`, path: pathOf(room.id, message?.seq) }, open)
    }
    if (values.sound) ping()
  }

  function words(room: MyRoom, message?: EventMessage): { title: string; body: string } {
    if (!message) return { title: room.name, body: t('shell.noticeNew') }
    const { sender } = message
    const title = room.kind === 'direct' ? sender.name : t('shell.noticeIn', { name: sender.name, room: room.name })
    const text = message.text.slice(0, 300) || inWords(message, t)
    return { title, body: (preferences.values.noticeText && text) || t('shell.noticeMessage') }
  }

  const pathOf = (roomId: number, seq?: number) => router.resolve(seq
    ? { name: 'message', params: { roomId, seq } }
    : { name: 'room', params: { roomId } }).fullPath
  const open = (path: string) => { void router.push(path) }

  const stops = [
    maru.feeds.on('entry', event => { if (event.type === 'message.created') hear(maru.rooms.get(event.roomId), event.message, false) }),
    maru.events.on('mention', event => hear(maru.rooms.get(event.roomId), event.message, true)),
    // Rooms that nobody follows tell how much there is, and not what.
    maru.events.on('unread', event => {
      const room = maru.rooms.get(event.roomId)
      const before = told.get(event.roomId) ?? 0
      if (!room || maru.feeds.has(event.roomId) || event.unread === 0 || event.lastSeq <= Math.max(before, room.lastSeq)) return
      told.set(event.roomId, event.lastSeq)
      if (wants(room, false)) void tell(room, `${room.id}-${event.lastSeq}`)
    }),
  ]
  const opened = (event: MessageEvent) => {
    const { open: path } = (event.data ?? {}) as { open?: unknown }
    if (typeof path === 'string') open(path)
  }
  navigator.serviceWorker?.addEventListener('message', opened)
  onScopeDispose(() => {
    for (const stop of stops) stop()
    navigator.serviceWorker?.removeEventListener('message', opened)
  })
}
