// What a drill has seen, as Markdown: for docs/operations.md, and for who runs it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './rig.mjs'

/** What dashboards show: the queries of a panel, with what a drill has for the variables of Grafana; rates are of so long. */
export const panel = (board, title, span = '15s') => {
  const { panels } = JSON.parse(readFileSync(join(root, `deploy/grafana/dashboards/${board}.json`), 'utf8'))
  const found = panels.find(one => one.title === title)
  if (!found) throw new Error(`The dashboard ${board} has no panel ${title}`)
  const { unit } = found.fieldConfig.defaults
  const fill = expr => expr.replaceAll(', instance=~"$instance"', '').replaceAll('$__rate_interval', span)
  return { board, title, unit, queries: found.targets.map(({ expr, legendFormat }) => ({ expr: fill(expr), legend: legendFormat })) }
}

const figure = (value, unit) => {
  if (!Number.isFinite(value)) return '–'
  const round = number => number >= 100 ? Math.round(number).toLocaleString('en') : Number(number.toPrecision(2)).toString()
  switch (unit) {
    case 's': return value >= 1 ? `${round(value)} s` : `${round(value * 1000)} ms`
    case 'bytes': return `${round(value / 2 ** 20)} MiB`
    case 'percentunit': return `${round(value * 100)} %`
    case 'reqps': case 'ops': return `${round(value)}/s`
    default: return round(value)
  }
}

/** Evaluates a panel: each series by its legend. */
export const evaluate = async (rig, { unit, queries }) => {
  const seen = new Map()
  for (const { expr, legend } of queries) {
    for (const { metric, value } of await rig.query(expr)) {
      const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label) => label === 'instance' ? rig.nameOf(metric[label]) : metric[label] ?? '')
      seen.set(name.trim(), figure(Number(value[1]), unit))
    }
  }
  return seen
}

const fields = [
  'log.level', 'log.logger', 'event.code', 'event.action', 'message', 'service.version', 'labels.route', 'http.response.status_code',
  'error.type', 'error.message',
]

const short = text => text.length > 200 ? `${text.slice(0, 200)} …` : text

/** A line of the log with those of its fields that matter here. */
export const line = entry => JSON.stringify(Object.fromEntries(
  fields.filter(name => entry[name] !== undefined).map(name => [name, typeof entry[name] === 'string' ? short(entry[name]) : entry[name]])))

/** The table of what dashboards show, before, during and after. */
const table = shown => {
  const rows = []
  for (const { panel: { board, title }, before, during, after } of shown) {
    for (const name of new Set([...before.keys(), ...during.keys(), ...after.keys()])) {
      const cells = [before, during, after].map(seen => seen.get(name) ?? '–')
      rows.push(`| ${board}, ${title} | ${name} | ${cells.join(' | ')} |`)
    }
  }
  return ['| Dashboard, panel | Series | Before | During | After |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** The queries, for who has no Grafana, with spans for a Prometheus that reads every 15 seconds; of two quantiles the higher one. */
const queries = panels => panels.flatMap(([board, title]) => panel(board, title, '1m').queries
  .filter(({ expr }) => !expr.includes('quantile(0.5,')).map(({ expr }) => `# ${board}, ${title}\n${expr}`)).join('\n')

/** A text as Markdown has it here: each sentence begins a line, and is broken where it is long. */
const lines = (text, indent = '') => text.replace(/\s+/g, ' ').split(/(?<=[.]) (?=[A-Z[`])/)
  .flatMap(sentence => sentence.match(/.{1,130}(?: |$)/g).map(line => line.trim())).join(`\n${indent}`)

/** The section about one drill. */
export const section = ({ name, incident, seconds, events, shown, log }) => `### ${incident.title}

${lines(incident.text)}

* Alert: ${incident.alerts.map(alert => `[${alert}](alerts.md#${alert.toLowerCase()})`).join(', ')};
  ${seconds} s after the cause in this run.
* Find: ${lines(incident.find, '  ')}
* Do: ${lines(incident.remedy, '  ')}
* Again: \`node bench/incidents/incidents.mjs ${name}\`

| Time | What |
|---|---|
${events.map(({ at, what }) => `| ${at} s | ${what} |`).join('\n')}

${table(shown)}

The queries behind it:

\`\`\`promql
${queries(incident.panels)}
\`\`\`

The log since the cause: one line of each kind, without stack traces and further fields.

\`\`\`text
${log.map(({ count, fields }) => `${line(fields)}   ${count} ×`).join('\n') || 'nothing'}
\`\`\`

![${incident.title}, as the administration shows it](images/incidents/${name}-admin.png)

![${incident.title}, as Prometheus shows it](images/incidents/${name}-prometheus.png)
`
