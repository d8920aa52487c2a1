import type { components } from 'maru-client'

export type Point = components['schemas']['NodePoint']
export type Unit = 'count' | 'perSecond' | 'milliseconds' | 'percent' | 'cores' | 'bytes'

export interface Series {
  key: string
  of: (point: Point) => number | null
}

export interface Chart {
  key: string
  unit: Unit
  series: readonly Series[]
}

/** Points of half an hour: one every five seconds. */
export const mostPoints = 360

const milliseconds = (seconds: number | undefined) => seconds === undefined ? null : seconds * 1000
export const share = (part: number, whole: number): number => whole > 0 ? 100 * part / whole : 0

/** The charts, in the order in which they are looked at. */
export const charts: readonly Chart[] = [
  { key: 'connections', unit: 'count', series: [{ key: 'connections', of: point => point.connections }] },
  { key: 'messages', unit: 'perSecond', series: [{ key: 'messages', of: point => point.messages }] },
  {
    key: 'durable', unit: 'milliseconds',
    series: [{ key: 'p50', of: point => milliseconds(point.durableP50) }, { key: 'p99', of: point => milliseconds(point.durableP99) }],
  },
  {
    key: 'receipt', unit: 'milliseconds',
    series: [{ key: 'p50', of: point => milliseconds(point.receiptP50) }, { key: 'p99', of: point => milliseconds(point.receiptP99) }],
  },
  {
    key: 'delivery', unit: 'milliseconds',
    series: [{ key: 'p50', of: point => milliseconds(point.deliveryP50) }, { key: 'p99', of: point => milliseconds(point.deliveryP99) }],
  },
  {
    key: 'fill', unit: 'percent',
    series: [
      { key: 'queue', of: point => share(point.queueBytes, point.queueLimit) },
      { key: 'clients', of: point => share(point.memoryUsed, point.memoryLimit) },
    ],
  },
  {
    key: 'faults', unit: 'perSecond',
    series: [{ key: 'refusals', of: point => point.refusals }, { key: 'errors', of: point => point.errors }],
  },
  { key: 'cpu', unit: 'cores', series: [{ key: 'cpu', of: point => point.cpu }] },
  { key: 'memory', unit: 'bytes', series: [{ key: 'memory', of: point => point.processBytes }] },
]

/** The points that are there with those that came: each once, in order, the last half hour. */
export function joined(known: readonly Point[], more: readonly Point[]): readonly Point[] {
  const last = known.at(-1)?.number ?? 0
  return [...known, ...more.filter(point => point.number > last)].slice(-mostPoints)
}

/** Seconds and values, as the chart draws them. */
export function columns(chart: Chart, points: readonly Point[]): (number | null)[][] {
  return [points.map(point => Date.parse(point.at) / 1000), ...chart.series.map(series => points.map(series.of))]
}

/** Some of the points for the table: the last one, and one a minute before it. */
export function samples(points: readonly Point[], most = 10): readonly Point[] {
  return points.filter((_, at) => (points.length - 1 - at) % 12 === 0).slice(-most).reverse()
}
