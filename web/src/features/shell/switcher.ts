import { ref } from 'vue'

/** Whether the switcher is open: Ctrl+K, or a button anywhere. */
export const switcherOpen = ref(false)
export function openSwitcher(): void { switcherOpen.value = true }

interface Candidate { names: readonly string[] }

/** Those that fit, best first; equally good ones stay in the order in which they came. */
export function ranked<T extends Candidate>(all: readonly T[], score: (text: string) => number, most: number): T[] {
  return all
    .map(one => ({ one, value: Math.max(0, ...one.names.map(score)) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, most)
    .map(({ one }) => one)
}
