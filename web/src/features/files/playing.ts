import { ref } from 'vue'

let now: HTMLMediaElement | null = null

/** One thing plays at a time. */
export function playsAlone(element: HTMLMediaElement): void {
  if (now && now !== element) now.pause()
  now = element
}

/** How fast voice messages play: for all of them, until the page is closed. */
export const speed = ref(1)
const speeds = [1, 1.5, 2]
export function nextSpeed(): void { speed.value = speeds[(speeds.indexOf(speed.value) + 1) % speeds.length] ?? 1 }
