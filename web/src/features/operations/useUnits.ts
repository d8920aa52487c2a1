import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { type Unit } from './charts'

/** Numbers with their units, as the language writes them. */
export function useUnits() {
  const { t, locale } = useI18n()
  const formats = computed(() => ({
    whole: new Intl.NumberFormat(locale.value, { maximumFractionDigits: 0 }),
    short: new Intl.NumberFormat(locale.value, { maximumSignificantDigits: 3 }),
  }))
  const number = (value: number) => (Math.abs(value) >= 100 ? formats.value.whole : formats.value.short).format(value)

  function bytes(value: number): string {
    const units = ['B', 'kB', 'MB', 'GB', 'TB']
    let at = 0
    for (; value >= 1000 && at < units.length - 1; at++) value /= 1000
    return `${number(value)} ${units[at]}`
  }

  return {
    bytes,
    count: (value: number) => formats.value.whole.format(value),
    /** From seconds. */
    milliseconds: (seconds: number) => t('operations.milliseconds', { value: number(seconds * 1000) }),
    of(unit: Unit, value: number | null | undefined): string {
      if (value === null || value === undefined) return t('operations.none')
      if (unit === 'bytes') return bytes(value)
      if (unit === 'percent') value = Math.round(value * 10) / 10
      return unit === 'count' ? formats.value.whole.format(value) : t(`operations.${unit}`, { value: number(value) })
    },
  }
}
