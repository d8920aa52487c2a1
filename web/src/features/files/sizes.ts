const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** 1.4 MB, 873 KB, 12 B */
export function sizeText(bytes: number, locale: string): string {
  let [value, unit] = [bytes, 0]
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toLocaleString(locale, { maximumFractionDigits: digits })} ${units[unit]}`
}

/** 1:05, 1:02:03 */
export function clock(seconds: number): string {
  const all = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}
