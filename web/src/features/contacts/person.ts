import type { User } from 'maru-client'
import { shallowRef } from 'vue'

/** Whose card is open: a name or a picture was clicked, wherever. */
export const openedPerson = shallowRef<{ id: number; user?: User | undefined } | null>(null)

export function openPerson(id: number, user?: User): void {
  openedPerson.value = { id, user }
}
