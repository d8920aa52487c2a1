import { createI18n } from 'vue-i18n'
import { compile } from './compile'

export const languages = ['en', 'ko'] as const
export type Language = typeof languages[number]

/** The texts of each slice live beside it: features/SLICE/texts.en.ts and texts.ko.ts, used as t('SLICE.key'). */
export const i18n = createI18n({ legacy: false, locale: 'en' as string, fallbackLocale: false, messages: {}, messageCompiler: compile })

const loaders = { en: () => import('./en'), ko: () => import('./ko') }

/** The first of the browser's languages that we have, or English. */
export function browserLanguage(): Language {
  for (const tag of navigator.languages) {
    const language = languages.find(one => tag.toLowerCase().startsWith(one))
    if (language) return language
  }
  return 'en'
}

export async function setLanguage(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, (await loaders[language]()).default as never)
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
