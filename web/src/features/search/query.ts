/** Somebody whose messages are looked for, as the chip shows them. */
export interface Who { id: number; handle: string; name: string }
export interface Where { id: number; name: string }

/** What the chips say. Days are the person's own: 2026-11-20. */
export interface Filters {
  from?: Who
  room?: Where
  since?: string
  until?: string
  file?: true
  link?: true
  mentions?: true
}

/** What is looked for: what was typed, and the chips. */
export interface Search { text: string; filters: Filters }

/** The chips in their order; `dates` has both days. */
export const chips = ['from', 'room', 'dates', 'file', 'link', 'mentions'] as const
export type Chip = typeof chips[number]

export const nothing: Search = { text: '', filters: {} }
export const mostCharacters = 300

export function has({ since, until, ...filters }: Filters, chip: Chip): boolean {
  return chip === 'dates' ? since !== undefined || until !== undefined : filters[chip] !== undefined
}

export function without(filters: Filters, chip: Chip): Filters {
  const rest = { ...filters }
  for (const key of chip === 'dates' ? ['since', 'until'] as const : [chip]) delete rest[key]
  return rest
}

/** Rooms and days as they are typed. */
const places = /(?<!\S)(?:in:(?:["“”][^"“”]*["“”]?|\S*)|(?:before|after):\S*)/gi

/** Days and a room say where to look, not for what: the server wants something else besides. */
export function isEnough({ text, filters }: Search): boolean {
  return text.replace(places, '').trim() !== '' || (['from', 'file', 'link', 'mentions'] as const).some(chip => has(filters, chip))
}

export const isNothing = (search: Search): boolean => search.text.trim() === '' && !chips.some(chip => has(search.filters, chip))

/**
 * What the server is asked. Chips become operators, and stand before what was typed: a quotation mark that is still open goes to the end.
 */
export function paramsOf({ text, filters }: Search): { q: string; roomId?: string } {
  const { from, room, since, until, file, link, mentions } = filters
  const words = [
    from && `from:@${from.handle}`,
    since && `after:${dayOf(begin(since))}`,
    until && `before:${dayAtOrAfter(begin(until, 1))}`,
    file && 'has:file', link && 'has:link', mentions && 'mentions:me',
    text.trim().replace(/([가-힣])[ㄱ-ㅎㅏ-ㅣ]$/, '$1'),   // a syllable that is being typed
  ]
  return { q: words.filter(Boolean).join(' '), ...(room ? { roomId: String(room.id) } : {}) }
}

/** Whether it was said on one of the days: the server's days are those of UTC, of which it is asked for all that they touch. */
export function isWithin(at: string, { since, until }: Filters): boolean {
  const time = Date.parse(at)
  return (!since || time >= begin(since).getTime()) && (!until || time < begin(until, 1).getTime())
}

/** Where the day begins here, or one some days later. */
function begin(day: string, later = 0): Date {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(year, month - 1, date + later)
}

const dayOf = (time: Date) => time.toISOString().slice(0, 10)
const dayAtOrAfter = (time: Date) => dayOf(new Date(time.getTime() + 86_400_000 - 1))

/** The person's own day, so many days ago. */
export function localDay(ago = 0, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map(part => String(part).padStart(2, '0')).join('-')
}
