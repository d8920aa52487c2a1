import { useI18n } from 'vue-i18n'
import { chips, has, type Chip, type Filters, type Search } from './query'

/** Searches and their chips in words. */
export function useSearchText() {
  const { t, locale } = useI18n()

  function day(value: string): string {
    const [year, month, date] = value.split('-').map(Number) as [number, number, number]
    const thisYear = year === new Date().getFullYear()
    return new Intl.DateTimeFormat(locale.value, { ...(thisYear ? {} : { year: 'numeric' }), month: 'short', day: 'numeric' })
      .format(new Date(year, month - 1, date))
  }

  /** What a chip says; nothing where it is not set. */
  function says(filters: Filters, chip: Chip): string | undefined {
    if (!has(filters, chip)) return undefined
    if (chip === 'from' || chip === 'room') return t(`search.says.${chip}`, { name: filters[chip]?.name ?? '' })
    if (chip !== 'dates') return t(`search.says.${chip}`)
    const { since, until } = filters
    if (!until) return t('search.sinceDay', { day: day(since ?? '') })
    if (!since) return t('search.untilDay', { day: day(until) })
    return since === until ? day(since) : t('search.fromTo', { since: day(since), until: day(until) })
  }

  const chipsOf = (filters: Filters) => chips.flatMap(chip => says(filters, chip) ?? [])
  return {
    says, chipsOf,
    /** The whole of it in a line. */
    line: ({ text, filters }: Search) => [...(text ? [text] : []), ...chipsOf(filters)].join(', '),
  }
}
