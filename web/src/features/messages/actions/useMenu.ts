import {
  mdiAccountCheckOutline, mdiContentCopy, mdiDeleteOutline, mdiEmailMarkAsUnread, mdiEmoticonOutline, mdiEyeOutline, mdiForumOutline,
  mdiLinkVariant, mdiLinkVariantOff,
  mdiPencilOutline, mdiPinOffOutline, mdiPinOutline, mdiReply, mdiShareOutline, mdiStarOffOutline, mdiStarOutline,
} from '@mdi/js'
import { useI18n } from 'vue-i18n'
import { pinsOf } from '@/features/pins/pins'
import type { MenuAction } from '@/ui/menu'
import { allowed } from './allowed'
import { openOverlay, type Point, type Target } from './overlay'
import { isStarred } from './stars'
import { useMessageActions } from './useMessageActions'

/** The menu of a message, for pointer, keyboard and the sheet of a phone alike. */
export function useMenu() {
  const { t } = useI18n()
  const actions = useMessageActions()

  return function entries(target: Target, point: Point): ('-' | MenuAction)[] {
    const { message, room, mine, inThread } = target
    const may = allowed(message, room, mine)
    const pinned = pinsOf(message.roomId).has(message.seq)
    const starred = isStarred(message)
    const groups: (MenuAction | false)[][] = [
      [
        may.reply && { label: t('messages.item.reply'), icon: mdiReply, run: target.reply },
        may.thread && !inThread && { label: t('messages.item.inThread'), icon: mdiForumOutline, run: target.thread },
        may.react
          && { label: t('messages.item.react'), icon: mdiEmoticonOutline, run: () => openOverlay({ kind: 'react', target, point }) },
        message.reactions.length > 0
          && { label: t('messages.item.whoReacted'), icon: mdiAccountCheckOutline, run: () => openOverlay({ kind: 'reactors', target }) },
      ],
      [
        may.copy && { label: t('messages.item.copy'), icon: mdiContentCopy, run: () => void actions.copy(message) },
        may.link && { label: t('messages.item.copyLink'), icon: mdiLinkVariant, run: () => void actions.copyLink(message) },
        may.forward && { label: t('messages.item.forward'), icon: mdiShareOutline, run: () => openOverlay({ kind: 'forward', target }) },
      ],
      [
        may.pin && {
          label: pinned ? t('pins.unpin') : t('messages.item.pin'), icon: pinned ? mdiPinOffOutline : mdiPinOutline,
          run: () => void actions.pin(message),
        },
        may.star && {
          label: starred ? t('messages.item.unstar') : t('messages.item.star'), icon: starred ? mdiStarOffOutline : mdiStarOutline,
          run: () => void actions.star(message),
        },
        may.unread && !inThread
          && { label: t('messages.item.markUnread'), icon: mdiEmailMarkAsUnread, run: () => void actions.markUnread(message) },
        may.readers
          && { label: t('messages.item.readers'), icon: mdiEyeOutline, run: () => openOverlay({ kind: 'readers', target }) },
      ],
      [
        may.edit && { label: t('messages.item.edit'), icon: mdiPencilOutline, run: target.edit },
        may.removePreviews
          && { label: t('linkpreviews.remove'), icon: mdiLinkVariantOff, run: () => void actions.removePreviews(message) },
        may.remove && { label: t('messages.item.delete'), icon: mdiDeleteOutline, danger: true, run: () => actions.remove(message) },
      ],
    ]
    return groups
      .map(group => group.filter(entry => entry !== false))
      .filter(group => group.length > 0)
      .flatMap((group, at) => at === 0 ? group : ['-' as const, ...group])
  }
}
