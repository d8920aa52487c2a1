import { computed, onScopeDispose, watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import { maru } from '@/client'
import { useRooms } from '@/features/rooms/rooms'
import { useCounts } from './counts'

/** What shows outside the page: the number of unread messages in the title, a dot on the icon of the tab, a badge on that of the app. */
export function useSigns(): void {
  const { t } = useI18n()
  const route = useRoute()
  const rooms = useRooms()
  const counts = useCounts()

  const screen = computed(() => {
    const roomId = Number(route.params.roomId ?? 0)
    if (roomId) return rooms.items.find(room => room.id === roomId)?.name ?? maru.rooms.get(roomId)?.name
    return route.meta.title ? t(route.meta.title) : undefined
  })
  watchEffect(() => {
    const number = counts.unread > 0 ? `(${counts.unread > 999 ? '999+' : counts.unread}) ` : ''
    document.title = `${number}${screen.value ? `${screen.value} – Maru` : 'Maru'}`
  })
  watchEffect(() => show(counts.unread))
  onScopeDispose(() => show(0))
}

function show(unread: number): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  const file = unread > 0 ? 'maru-unread.svg' : 'maru.svg'
  if (icon && icon.getAttribute('href') !== file) icon.href = file
  if (!('setAppBadge' in navigator)) return
  if (unread > 0) navigator.setAppBadge(unread).catch(() => undefined)
  else navigator.clearAppBadge().catch(() => undefined)
}
