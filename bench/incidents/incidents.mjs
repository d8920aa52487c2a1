// What goes wrong in the life of a server, and how it shows: each incident is made on nodes of its own with people who talk. The drill
// waits for its alert, reads what the dashboards ask Prometheus and what the log says, takes pictures, mends the cause and waits for the
// alert's end; then it writes what it saw as docs/operations.md has it.
// node bench/incidents/incidents.mjs [name …] [--out folder]
// Needs what bench/incidents/build.sh builds, `npm ci` in web, and of Debian: prometheus, postgresql, redis-server, strace, chromium.
// As root, since disks are made slow and full.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { catalogue } from './catalogue.mjs'
import { browse, talk } from './people.mjs'
import { openBrowser, pictureAdmin, pictureGraph } from './pictures.mjs'
import { evaluate, panel, section } from './report.mjs'
import { Rig, root, until } from './rig.mjs'

const healthy = 45      // seconds of talk before
const factor = 10

/** Notes when alerts begin and end to fire, by the seconds since the cause. */
const watch = rig => {
  const began = Date.now()
  const events = []
  const note = what => events.push({ at: Math.round((Date.now() - began) / 1000), what })
  let last = new Set()
  const look = async () => {
    const now = new Set((await rig.firing()).keys())
    for (const name of now) if (!last.has(name)) note(`\`${name}\` fires`)
    for (const name of last) if (!now.has(name)) note(`\`${name}\` ends`)
    last = now
  }
  const timer = setInterval(() => look().catch(() => {}), 1000)
  rig.atEnd(() => clearInterval(timer))
  return { events, note, seconds: () => Math.round((Date.now() - began) / 1000) }
}

const drill = async (name, incident, out) => {
  const rig = new Rig()
  const interrupted = () => rig.end().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    incident.before?.(rig)
    await rig.store(incident.store ?? 'sqlite')
    await rig.people(300, 30)
    for (let i = 0; i < (incident.nodes ?? 1); i++) await rig.node({ settings: incident.settings, ...incident.node?.(rig) })
    await rig.admin()
    await rig.prometheus(factor)
    const browser = await openBrowser(rig)
    const began = Date.now()
    const talking = talk(rig, 900, ['warmup=2', 'clients=300', 'rooms=30', 'addresses=50', 'rate=150'])
    browse(rig, 10)
    await pause(healthy * 1000)
    if (talking.exitCode !== null) throw new Error(`Nobody talks any more: ${talking.text}`)
    const shown = incident.panels.map(([board, title]) => ({ panel: panel(board, title) }))
    for (const one of shown) one.before = await evaluate(rig, one.panel)
    const firedBefore = [...(await rig.firing()).keys()]
    if (firedBefore.length > 0) throw new Error(`Before the cause there fires: ${firedBefore.join(', ')}`)

    const mark = rig.mark()
    const seen = watch(rig)
    seen.note(`the cause: ${incident.cause}`)
    const cure = await incident.make(rig)
    const fires = async alert => (await rig.firing()).has(alert)
    await until(`${incident.alerts[0]} (${name})`, 300, () => fires(incident.alerts[0]))
    const seconds = seen.seconds()
    for (const alert of incident.alerts.slice(1)) await until(`${alert} (${name})`, 180, () => fires(alert))
    await pause(10_000)     // for the pictures
    for (const one of shown) one.during = await evaluate(rig, one.panel)
    const log = rig.log(mark).slice(0, 4)
    await pictureAdmin(browser, join(out, `${name}-admin.png`), incident)
    await pictureGraph(browser, join(out, `${name}-prometheus.png`), rig.prometheusUrl, shown[0].panel.queries.at(-1).expr,
      Math.round((Date.now() - began) / 1000))

    seen.note(`mended: ${incident.cured}`)
    await cure()
    for (const alert of incident.alerts) await until(`the end of ${alert} (${name})`, 300, async () => !await fires(alert))
    await until('the end of all alerts', 90, async () => (await rig.firing()).size === 0).catch(() => {})
    await pause(15_000)     // what the queries look back at
    for (const one of shown) one.after = await evaluate(rig, one.panel)
    return { name, incident, seconds, events: seen.events, shown, log }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await rig.end()
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true, options: { out: { type: 'string', default: join(root, 'artifacts/incidents') } },
})
mkdirSync(values.out, { recursive: true })
for (const name of positionals.length > 0 ? positionals : Object.keys(catalogue)) {
  if (!catalogue[name]) throw new Error(`There is no incident ${name}: ${Object.keys(catalogue).join(', ')}`)
  console.log(`${name} …`)
  try {
    const text = section(await drill(name, catalogue[name], values.out))
    writeFileSync(join(values.out, `${name}.md`), text)
    console.log(text)
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  }
}
