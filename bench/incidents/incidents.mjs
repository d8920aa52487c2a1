// What goes wrong in the life of a server, and how it shows: each incident is made on nodes of its own with people who talk, until the alert
// fires that docs/operations.md names; then pictures of the administration and of Prometheus are taken, and what the log says is printed.
// node bench/incidents/incidents.mjs [name …] [--out folder]
// Needs the programs in artifacts/maru and artifacts/load (dotnet publish …), `npm ci` in web, and of Debian: prometheus, postgresql,
// redis-server, strace, chromium. As root, since disks are made slow and full.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Rig, until } from './rig.mjs'

const normal = 45       // seconds of talk before

/** Makes each call to the disk of a process wait. */
const slowDisk = (rig, pid, milliseconds) => rig.start('strace', [
  '-f', '-qq', '-o', '/dev/null', '-p', pid, '-e', 'trace=fsync,fdatasync',
  '-e', `inject=fsync,fdatasync:delay_exit=${milliseconds * 1000}`,
])

/** Stops processes most of the time: they answer, and slowly. */
const crawl = (rig, pids) => {
  const loop = `while true; do kill -STOP ${pids} 2>/dev/null; sleep 0.4; kill -CONT ${pids} 2>/dev/null; sleep 0.05; done`
  const child = rig.start('bash', ['-c', loop])
  rig.atEnd(() => rig.run('bash', ['-c', `kill -CONT ${pids} || true`]))
  return child
}

const incidents = {
  'slow-disk': {
    alert: 'MaruCommitSlow',
    graph: 'histogram_quantile(0.99, sum by (le) (rate(maru_commit_duration_seconds_bucket[10s])))',
    cause: rig => slowDisk(rig, rig.nodes[0].pid, 300),
  },
  'full-disk': {
    alert: 'MaruStorageFull',
    graph: 'sum by (reason) (rate(maru_refusals_total[10s]))',
    before: rig => {
      rig.run('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=700', 'tmpfs', rig.data])
      rig.atEnd(async () => { await pause(1000); rig.run('umount', ['-l', rig.data]) })
    },
    cause: rig => rig.start('dd', ['if=/dev/zero', `of=${rig.data}/other`, 'bs=1M']),
  },
  'redis-away': {
    alert: 'MaruBusAway', store: 'postgres', nodes: 2,
    graph: 'min by (bus) (maru_bus_connected)',
    cause: rig => rig.redis.kill('SIGKILL'),
  },
  'slow-postgres': {
    alert: 'MaruCommitSlow', store: 'postgres', nodes: 2,
    graph: 'histogram_quantile(0.99, sum by (le) (rate(maru_store_read_duration_seconds_bucket[10s])))',
    cause: rig => crawl(rig, `$(pgrep -d ' ' -f 'postgres: maru maru')`),
  },
  'hot-room': {
    alert: 'MaruHotRoom',
    graph: 'maru_rooms_entries',
    cause: rig => rig.shout(8, 100),
  },
  'abusive-user': {
    alert: 'MaruRateLimited', settings: ['--Maru:RateLimits:Enabled=true'],
    graph: 'sum by (reason) (rate(maru_refusals_total[10s]))',
    cause: rig => rig.shout(1, 400),
  },
}

const drill = async (name, incident, out) => {
  const factor = incident.factor ?? 10
  const rig = new Rig()
  try {
    await rig.store(incident.store ?? 'sqlite')
    incident.before?.(rig)
    await rig.people(300, 30)
    for (let i = 0; i < (incident.nodes ?? 1); i++)
      await rig.node(incident.settings ?? ['--Maru:RateLimits:Enabled=false'])
    await rig.admin()
    await rig.prometheus(factor)
    rig.talk('steady', 600, ['warmup=5', 'clients=300', 'rate=150'])
    await pause(normal * 1000)
    const before = await rig.firing()
    const [mark, began] = [rig.mark(), Date.now()]
    await incident.cause(rig)
    await until(`${incident.alert} (${name})`, 240, async () => (await rig.firing()).includes(incident.alert))
    const seconds = Math.round((Date.now() - began) / 1000)
    await pause(15_000)     // for the picture
    await rig.picture(out, name, incident.graph, 3)
    const firing = await rig.firing()
    const log = rig.log(mark).slice(0, 6)
    return { name, alert: incident.alert, before, seconds, factor, firing, log }
  } finally {
    await rig.end()
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string', default: 'docs/images/incidents' } } })
mkdirSync(values.out, { recursive: true })
const names = positionals.length > 0 ? positionals : Object.keys(incidents)
for (const name of names) {
  if (!incidents[name]) throw new Error(`There is no incident ${name}: ${Object.keys(incidents).join(', ')}`)
  console.log(`${name} …`)
  const seen = await drill(name, incidents[name], values.out)
  console.log(`  before: ${seen.before.join(', ') || 'nothing fired'}`)
  console.log(`  ${seen.alert} after ${seen.seconds} s, with spans of the rules divided by ${seen.factor}; then: ${seen.firing.join(', ')}`)
  for (const { count, level, logger, message } of seen.log) console.log(`  ${count} × ${level} ${logger}: ${message.slice(0, 160)}`)
  writeFileSync(join(values.out, `${name}.json`), `${JSON.stringify(seen, null, 2)}\n`)
}
