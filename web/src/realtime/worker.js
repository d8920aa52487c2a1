// The service worker: the client starts without a network, and its files come from here from the second time on. It never touches what the
// server answers itself (/api, /ws, /health). `version` and `files` are put in by the build (scripts/plugins.ts).
//
// A page and its scripts are always of one version: the page names its scripts by their content, and both are kept together. A new version
// waits until the person takes it, or for the next page that is opened.

const version = '__VERSION__'
const files = ['__FILES__']
const current = `maru-${version}`
const scope = new URL('./', location.href)
const quiet = 3000   // ms in which the page that was opened has the network for itself

addEventListener('install', event => event.waitUntil(keep()))

async function keep() {
  const cache = await caches.open(current)
  await cache.addAll(files.map(file => new Request(new URL(file, scope), { cache: file.startsWith('assets/') ? 'default' : 'no-cache' })))
}

addEventListener('activate', event => event.waitUntil(begin()))

async function begin() {
  // One version before stays, for pages that are open still.
  const others = (await caches.keys()).filter(name => name.startsWith('maru-') && name !== current)
  await Promise.all(others.slice(0, -1).map(name => caches.delete(name)))
}

addEventListener('message', event => { if (event.data === 'take over') void skipWaiting() })

addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return
  const path = url.pathname.slice(scope.pathname.length)
  if (/^(api|ws|health|metrics|openapi|\.well-known)(\/|$)/.test(path)) return
  const file = /\.[a-z\d]+$/.test(path)
  if (request.mode === 'navigate' && !file) event.respondWith(page(event))
  else if (path.startsWith('assets/')) event.respondWith(asset(request))
  else event.respondWith(fetch(request).catch(async () => await caches.match(request) ?? Response.error()))
})

/** At once from here. Pages of the version before that are open go on with its files, which are kept as well. */
async function page(event) {
  const kept = await (await caches.open(current)).match(scope)
  if (kept && !registration.waiting) {
    event.waitUntil(renew(kept.clone()).catch(() => undefined))
    return kept
  }
  registration.waiting?.postMessage('take over')
  return await newest() ?? kept ?? await fetch(event.request)
}

/** The page of the version that waits. */
async function newest() {
  const name = (await caches.keys()).findLast(one => one.startsWith('maru-') && one !== current)
  return registration.waiting && name ? await (await caches.open(name)).match(scope) : undefined
}

/** The page stays as it is in this version; what the server says with it may change, as the origins that pictures may come from. */
async function renew(kept) {
  await new Promise(done => setTimeout(done, quiet))
  const fresh = await fetch(scope, { cache: 'no-cache' })
  const same = fresh.ok && await fresh.clone().text() === await kept.text()
  if (same) await (await caches.open(current)).put(scope, fresh)
}

async function asset(request) {
  const kept = await caches.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(current)).put(request, answer.clone())
  return answer
}

addEventListener('notificationclick', event => {
  event.notification.close()
  event.waitUntil(show(event.notification.data?.path ?? ''))
})

/** In a page that is open, else in a new one. */
async function show(path) {
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  const open = pages.find(one => one.url.startsWith(scope.href))
  if (!open) return await clients.openWindow(new URL(path.replace(/^\//, ''), scope))
  await open.focus()
  open.postMessage({ open: path })
}
