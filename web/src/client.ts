import { MaruClient } from 'maru-client'
import { deviceTokens } from '@/realtime/deviceTokens'
import { OutboxDatabase } from '@/realtime/outboxDatabase'
import { tabChannel, tabLocks } from '@/realtime/tabs'

export const outboxDatabase = new OutboxDatabase(tabLocks, tabChannel('maru-outbox'))

/** This tab's Maru: the one place from which the client speaks with the server. */
export const maru = new MaruClient({
  url: document.baseURI,
  refresh: 'cookie',
  locks: tabLocks,
  channel: tabChannel('maru-session'),
  deviceTokens,
  outboxStore: outboxDatabase,
})

maru.session.on('change', () => {
  const { user } = maru.session
  // What one person wrote is never on the next one's screen, nor sent by them. In the database it waits for its writer.
  if (!user) {
    outboxDatabase.open(null)
    maru.outbox.clear()
    return
  }
  outboxDatabase.open(user.id)
  maru.start()
})
addEventListener('online', () => maru.connection.wake())
document.addEventListener('visibilitychange', () => { if (!document.hidden) maru.connection.wake() })
