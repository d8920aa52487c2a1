import {
  mdiAt, mdiBellOffOutline, mdiBellOutline, mdiCheckAll, mdiEmailMarkAsUnread,
  mdiExitToApp, mdiEyeOffOutline, mdiEyeOutline, mdiStarOffOutline, mdiStarOutline,
} from '@mdi/js'
import { take, type MyRoom } from 'maru-client'
import { useI18n } from 'vue-i18n'
import { maru } from '@/client'
import { useProblems } from '@/composables/useProblems'
import { changeOwnSettings, mute, unmute } from '@/features/ownsettings/ownSettings'
import type { MenuEntry } from '@/ui/menu'
import { isMuted } from './rooms'

/** What a person can do with a room from the list. */
export function useRoomMenu(leave: (room: MyRoom) => void) {
  const { t } = useI18n()
  const problems = useProblems()
  const run = (work: () => Promise<unknown>) => () => { work().catch(problems.tell) }

  async function markUnread(room: MyRoom) {
    const last = room.lastMessage
    if (!last) return
    const body = { seq: last.seq - 1, unread: true }
    await take(maru.api.PUT('/api/rooms/{roomId}/read', { params: { path: { roomId: room.id } }, body }))
  }

  return (room: MyRoom): MenuEntry[] => [
    room.unread
      ? { label: t('rooms.markRead'), icon: mdiCheckAll, run: () => maru.read(room.id, room.lastSeq) }
      : { label: t('rooms.markUnread'), icon: mdiEmailMarkAsUnread, disabled: !room.lastMessage, run: run(() => markUnread(room)) },
    room.settings?.favourite
      ? { label: t('ownsettings.unfavourite'), icon: mdiStarOffOutline, run: run(() => changeOwnSettings(room.id, { favourite: false })) }
      : { label: t('ownsettings.favourite'), icon: mdiStarOutline, run: run(() => changeOwnSettings(room.id, { favourite: true })) },
    '-',
    isMuted(room)
      ? { label: t('ownsettings.unmute'), icon: mdiBellOutline, run: run(() => unmute(room)) }
      : {
          label: t('ownsettings.mute'), icon: mdiBellOffOutline,
          entries: (['hour', 'workday', 'tomorrow', 'always'] as const).map(period => ({
            label: t(`ownsettings.mute${period.charAt(0).toUpperCase()}${period.slice(1)}`),
            run: run(() => mute(room.id, period)),
          })),
        },
    ...(isMuted(room) ? [] : [room.settings?.notify === 'mentions'
      ? { label: t('ownsettings.tellAll'), icon: mdiBellOutline, run: run(() => changeOwnSettings(room.id, { notify: 'all' })) }
      : { label: t('ownsettings.tellMentions'), icon: mdiAt, run: run(() => changeOwnSettings(room.id, { notify: 'mentions' })) }]),
    '-',
    room.settings?.hidden
      ? { label: t('ownsettings.unhide'), icon: mdiEyeOutline, run: run(() => changeOwnSettings(room.id, { hidden: false })) }
      : { label: t('ownsettings.hide'), icon: mdiEyeOffOutline, run: run(() => changeOwnSettings(room.id, { hidden: true })) },
    ...(room.kind === 'group' ? [{ label: t('rooms.leave'), icon: mdiExitToApp, danger: true, run: () => leave(room) }] : []),
  ]
}
