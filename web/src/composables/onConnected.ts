import { maru } from '@/client'

const patience = 2000   // ms

/**
 * Runs at each new connection, since something may have been missed before it; where none comes soon, once without it.
 * What a first room can do without waits for this: a browser asks a server six things at a time, and the messages are one of them.
 */
export function onConnected(run: () => void): () => void {
  const timer = setTimeout(run, maru.connection.state.kind === 'online' ? 0 : patience)
  const stop = maru.events.on('resumed', () => {
    clearTimeout(timer)
    run()
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}
