import { reactive, watch } from 'vue'
import { browserLanguage, setLanguage, type Language } from '@/i18n'

/** What a person chose for this browser. It is kept in the browser alone: a phone and a desk are not alike. */
export interface Preferences {
  language: Language | 'browser'
  theme: 'system' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  /** What Enter does in the composer: it sends, or Ctrl+Enter does. */
  send: 'enter' | 'ctrl-enter'
  notifications: boolean
  /** Whether a notification shows the message, or only who wrote and where. */
  noticeText: boolean
  sound: boolean
  /** Whether pictures are made smaller before they are sent. */
  shrink: boolean
}

const key = 'maru.preferences'
const frames = { light: '#faf8f5', dark: '#1a1816' }
const defaults: Preferences = {
  language: 'browser', theme: 'system', density: 'comfortable', send: 'enter', notifications: false, noticeText: true, sound: false,
  shrink: true,
}

function read(): Preferences {
  try {
    return { ...defaults, ...JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences> }
  } catch {
    return { ...defaults }   // storage is forbidden, or what is there is not ours
  }
}

const values = reactive(read())

export const preferences = {
  values,

  /** Puts them into force and keeps them from now on. Resolves when the language's texts are there. */
  apply(): Promise<void> {
    watch(() => [values.theme, values.density], () => {
      const { dataset } = document.documentElement
      if (values.theme === 'system') delete dataset.theme
      else dataset.theme = values.theme
      dataset.density = values.density
      // What the system draws around the page follows: each of the two is for one of the system's themes.
      for (const [at, meta] of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]').entries())
        meta.content = frames[values.theme === 'system' ? (at === 0 ? 'light' : 'dark') : values.theme]
    }, { immediate: true })
    watch(() => values.language, language => setLanguage(language === 'browser' ? browserLanguage() : language))
    watch(values, () => {
      try {
        localStorage.setItem(key, JSON.stringify(values))
      } catch {
        // private mode: they last as long as the page
      }
    })
    addEventListener('storage', event => { if (event.key === key) Object.assign(values, read()) })
    return setLanguage(values.language === 'browser' ? browserLanguage() : values.language)
  },
}
