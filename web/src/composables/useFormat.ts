import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

/** To make them takes longer than to draw a message, and each message wants them: they are made once a language. */
const made = new Map<string, ReturnType<typeof makeFormats>>()

function formatsOf(locale: string) {
  let formats = made.get(locale)
  if (!formats) made.set(locale, formats = makeFormats(locale))
  return formats
}

function makeFormats(locale: string) {
  return {
    time: new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }),
    day: new Intl.DateTimeFormat(locale, { weekday: 'long', month: 'long', day: 'numeric' }),
    dayOfYear: new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }),
    short: new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }),
    shortOfYear: new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' }),
    full: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }),
    count: new Intl.NumberFormat(locale),
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  }
}

/** Times and numbers as the language writes them. */
export function useFormat() {
  const { locale } = useI18n()
  const formats = computed(() => formatsOf(locale.value))
  const dayNumber = (date: Date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000)

  return {
    /** 3:07 PM */
    time: (at: string | Date) => formats.value.time.format(new Date(at)),
    /** The whole of it, for titles. */
    full: (at: string | Date) => formats.value.full.format(new Date(at)),
    /** Today, yesterday, or the date: what stands between messages. */
    day(at: string | Date) {
      const date = new Date(at)
      const ago = dayNumber(new Date()) - dayNumber(date)
      if (ago === 0 || ago === 1) return capital(formats.value.relative.format(-ago, 'day'))
      return (date.getFullYear() === new Date().getFullYear() ? formats.value.day : formats.value.dayOfYear).format(date)
    },
    /** As short as a list wants it: the time today, then yesterday, then the date. */
    brief(at: string | Date) {
      const date = new Date(at)
      const ago = dayNumber(new Date()) - dayNumber(date)
      if (ago === 0) return formats.value.time.format(date)
      if (ago === 1) return capital(formats.value.relative.format(-1, 'day'))
      return (date.getFullYear() === new Date().getFullYear() ? formats.value.short : formats.value.shortOfYear).format(date)
    },
    /** 5 minutes ago */
    ago(at: string | Date) {
      const seconds = Math.round((new Date(at).getTime() - Date.now()) / 1000)
      const steps: [number, Intl.RelativeTimeFormatUnit][] = [
        [60, 'second'], [60, 'minute'], [24, 'hour'], [30, 'day'], [12, 'month'], [Infinity, 'year'],
      ]
      let value = seconds
      for (const [size, unit] of steps) {
        if (Math.abs(value) < size) return formats.value.relative.format(Math.round(value), unit)
        value /= size
      }
      return ''
    },
    count: (value: number) => formats.value.count.format(value),
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
