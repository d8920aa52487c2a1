import { onScopeDispose, ref } from 'vue'
import { useRouter } from 'vue-router'
import { openSearch } from '@/features/search/open'
import { switcherOpen } from './switcher'

export const shortcutsOpen = ref(false)
export const onMac = /Mac|iPhone|iPad/.test(navigator.platform)
/** As it is written on the keys. */
export const control = onMac ? '⌘' : 'Ctrl'

/** The keys that work everywhere. */
export function useShortcuts(): void {
  const router = useRouter()
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return
    const withControl = onMac ? event.metaKey : event.ctrlKey
    // By the place of the key: Korean and other keyboards have another letter there.
    if (withControl && !event.shiftKey && (event.code === 'KeyK' || event.key.toLowerCase() === 'k')) {
      event.preventDefault()
      shortcutsOpen.value = false
      switcherOpen.value = !switcherOpen.value
    } else if ((withControl && event.key === '/') || (event.key === '?' && !writes(event.target))) {
      event.preventDefault()
      switcherOpen.value = false
      shortcutsOpen.value = !shortcutsOpen.value
    } else if ((withControl && event.shiftKey && event.code === 'KeyF') || (event.key === '/' && !withControl && isPage(event.target))) {
      event.preventDefault()
      switcherOpen.value = false
      openSearch(router)
    }
  }
  addEventListener('keydown', hear)
  onScopeDispose(() => removeEventListener('keydown', hear))
}

/** Neither a field nor what lies above the page. */
function isPage(target: EventTarget | null): boolean {
  return !writes(target) && !(target instanceof Element && target.closest('[role=dialog], [role=menu]'))
}

function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
