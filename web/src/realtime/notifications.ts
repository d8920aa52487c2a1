export interface Notice {
  title: string
  body: string
  /** A newer one with the same tag takes its place. */
  tag: string
  /** What a click opens: a path of this client. */
  path: string
}

export type Permission = NotificationPermission | 'missing'

/** Whether the browser shows notifications of this page. Only pages that came by https, or from the same machine, may. */
export function permission(): Permission {
  return 'Notification' in globalThis ? Notification.permission : 'missing'
}

/** Asks the person, which browsers allow after a click only. */
export async function askPermission(): Promise<Permission> {
  return 'Notification' in globalThis ? await Notification.requestPermission() : 'missing'
}

/** Through the service worker where there is one: phones have no other way. */
export async function showNotice({ title, body, tag, path }: Notice, open: (path: string) => void): Promise<void> {
  if (permission() !== 'granted') return
  const icon = new URL('icon-192.png', document.baseURI).href
  const options = { body, tag, icon, renotify: true, data: { path } } as NotificationOptions
  const worker = await navigator.serviceWorker?.getRegistration()
  if (worker?.active) return await worker.showNotification(title, options)
  const notification = new Notification(title, options)
  notification.onclick = () => {
    window.focus()
    notification.close()
    open(path)
  }
}
