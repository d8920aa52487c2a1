import { take, type ScheduledMessage } from 'maru-client'
import { shallowRef } from 'vue'
import { maru } from '@/client'

/** What the person has scheduled, at most 100 in all rooms: the earliest first. Undefined until it is read. Live. */
export const scheduled = shallowRef<readonly ScheduledMessage[]>()
let reading: Promise<void> | undefined

export function loadScheduled(): Promise<void> {
  return reading ??= read().catch((error: unknown) => {
    reading = undefined
    throw error
  })
}

async function read() {
  const page = await take(maru.api.GET('/api/me/scheduled', { params: { query: { limit: 200 } } }))
  scheduled.value = page.items
}

export function putScheduled(one: ScheduledMessage): void {
  const known = scheduled.value?.find(other => other.id === one.id)
  if (known && known.version > one.version) return
  const others = scheduled.value?.filter(other => other.id !== one.id) ?? []
  scheduled.value = [...others, one].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.id - b.id)
}

export function dropScheduled(id: number): void {
  scheduled.value = scheduled.value?.filter(one => one.id !== id)
}

maru.events.on('scheduled.changed', event => {
  if (event.scheduled) putScheduled(event.scheduled)
  else dropScheduled(event.id)
})
maru.events.on('scheduled.sent', event => dropScheduled(event.id))
maru.events.on('scheduled.failed', event => {
  const one = scheduled.value?.find(other => other.id === event.id)
  if (one && event.version >= one.version) putScheduled({ ...one, version: event.version, failed: event.problem })
})
maru.events.on('resumed', () => {
  if (!reading) return
  reading = undefined
  loadScheduled().catch(() => {})   // what is shown stays; the next connection asks again
})
maru.session.on('change', () => {
  if (maru.session.state === 'in') return
  scheduled.value = undefined
  reading = undefined
})
