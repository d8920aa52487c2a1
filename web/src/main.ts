import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from '@/App.vue'
import { maru } from '@/client'
import { preferences } from '@/features/shell/preferences'
import { startup } from '@/features/shell/startup'
import { recents } from '@/features/search/recents'
import { i18n } from '@/i18n'
import { reloadForNewFiles } from '@/realtime/newVersion'
import { goal, installRouter } from '@/router'
import '@/styles/base.css'
import '@/styles/menu.css'
import '@/styles/tokens.css'

// The server is asked for the session before anything else; what somebody who was signed in will need is fetched at the same time.
const restored = startup.restore()
const texts = preferences.apply()   // the theme at once, the language as soon as its texts are there
reloadForNewFiles(goal)
maru.session.on('change', () => recents.onlyOf(maru.session.user?.id))
if (wasSignedIn()) {
  void import('@/features/shell/Shell.vue')
  if (/\/rooms\/\d+/.test(location.pathname)) void import('@/features/messages/RoomView.vue')
}

const app = createApp(App).use(createPinia()).use(i18n)
installRouter(app, restored)
await texts
app.mount('#app')

/** A guess, from the last time: the cookie that tells is out of reach. */
function wasSignedIn(): boolean {
  const key = 'maru.signedIn'
  try {
    maru.session.on('change', () => maru.session.user ? localStorage.setItem(key, 'true') : localStorage.removeItem(key))
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}
