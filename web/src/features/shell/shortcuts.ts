import { onScopeDispose, ref } from 'vue'
import { switcherOpen } from './switcher'

export const shortcutsOpen = ref(false)
export const onMac = /Mac|iPhone|iPad/.test(navigator.platform)
/** As it is written on the keys. */
export const control = onMac ? '⌘' : 'Ctrl'

/** The keys that work everywhere. */
export function useShortcuts(): void {
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
    }
  }
  addEventListener('keydown', hear)
  onScopeDispose(() => removeEventListener('keydown', hear))
}

function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
