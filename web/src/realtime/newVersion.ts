const key = 'maru.reloadedAt'
const pause = 60_000             // ms: a file that is missing after that was lost anew
const look = 60 * 60 * 1000      // ms between two looks for a new version

/**
 * After an update of the server the files of the old version are gone: who still has the old page gets the new one by a reload, once.
 * Nothing is lost: what waits to be sent and what was begun to write is kept. `goal` is where the person wants to be.
 */
export function reloadForNewFiles(goal: () => string): void {
  addEventListener('vite:preloadError', event => {
    const last = Number(sessionStorage.getItem(key) ?? 0)
    if (!navigator.onLine || Date.now() - last < pause) return
    event.preventDefault()
    sessionStorage.setItem(key, String(Date.now()))
    const url = new URL(goal(), location.href)
    if (url.pathname === location.pathname && url.search === location.search) location.reload()
    else location.assign(url)
  })
}

/**
 * Keeps the client in the browser, so that it starts at once and without a network. `offer` is told when a newer version lies ready, with
 * the function that changes over to it.
 */
export async function keepInBrowser(offer: (takeOver: () => void) => void): Promise<void> {
  const { serviceWorker } = navigator
  if (!serviceWorker || import.meta.env.DEV) return
  const registration = await serviceWorker.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' })

  const ready = () => {
    const { waiting } = registration
    // The first version of all has nothing to take the place of.
    if (!waiting || !serviceWorker.controller) return
    offer(() => {
      // Another page may have changed over meanwhile.
      if (registration.waiting !== waiting) return location.reload()
      serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
      waiting.postMessage('take over')
    })
  }
  const watch = (worker: ServiceWorker | null) => {
    worker?.addEventListener('statechange', () => { if (worker.state === 'installed') ready() })
  }
  ready()
  watch(registration.installing)
  registration.addEventListener('updatefound', () => watch(registration.installing))

  let looked = Date.now()
  const update = () => {
    if (document.hidden || Date.now() - looked < look) return
    looked = Date.now()
    registration.update().catch(() => undefined)
  }
  setInterval(update, look)
  document.addEventListener('visibilitychange', update)
}
