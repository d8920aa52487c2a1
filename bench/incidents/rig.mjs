// What a drill consists of: nodes on a store, and the Prometheus that reads them with the rules of deploy/prometheus.
// All of it on free ports of 127.0.0.1 and in one temporary folder; nothing stays.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const root = new URL('../..', import.meta.url).pathname
const maru = process.env.MARU ?? join(root, 'artifacts/maru/maru')
export const password = 'correct horse battery'

const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

/** Waits until what a function returns is something; fails with the words after so many seconds. */
export const until = async (what, seconds, look) => {
  let fault
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(500)) {
    const seen = await Promise.resolve().then(look).catch(error => { fault = error })
    if (seen) return seen
  }
  throw new Error(`${seconds} s were not enough for: ${what}`, { cause: fault })
}

/** Divides each span of the rules, [5m], for: 5m, offset 6h, an hour ahead, so that a drill takes minutes and not hours. */
export const faster = (rules, factor) => rules
  .replace(/(\[|for: |offset )(\d+)(s|m|h)\b/g, (_, head, number, unit) =>
    `${head}${Math.max(3, Math.round(number * { s: 1, m: 60, h: 3600 }[unit] / factor))}s`)
  .replace(/(predict_linear\(.*, )(\d+)\)/g, (_, head, seconds) => `${head}${Math.round(seconds / factor)})`)

export class Rig {
  folder = mkdtempSync(join(tmpdir(), 'maru-incident-'))
  data = join(this.folder, 'data')
  nodes = []
  #running = []
  #ends = []

  /** Does something when the drill is over; the last first. */
  atEnd(work) {
    this.#ends.unshift(work)
  }

  start(program, args, options = {}) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    child.text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', part => { child.text += part })
    child.gone = new Promise(resolve => { child.on('close', resolve); child.on('error', resolve) })
    this.#running.unshift(child)
    return child
  }

  run(program, args, options = {}) {
    const done = spawnSync(program, args, { encoding: 'utf8', ...options })
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr || done.stdout || done.error}`)
    return done.stdout
  }

  /** Ends a process: asked first, and by force after ten seconds. */
  async stop(child, signal = 'SIGTERM') {
    child.kill(signal)
    await Promise.race([child.gone, pause(10_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))])
  }

  /** A store for all nodes: SQLite in the folder, or PostgreSQL and Redis of the drill's own. */
  async store(kind) {
    mkdirSync(this.data, { mode: 0o700, recursive: true })
    this.settings = [`--Maru:Data=${this.data}`, `--Maru:Database=Data Source=${this.data}/maru.db`]
    if (kind === 'sqlite') return
    const bin = this.run('bash', ['-c', 'dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -n 1)"']).trim()
    const [port, redisPort, pg] = [await freePort(), await freePort(), join(this.folder, 'pg')]
    mkdirSync(pg, { mode: 0o700 })
    const user = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env']
    if (process.getuid() === 0) this.run('chown', ['postgres', pg]), chmodSync(this.folder, 0o711)
    this.run(user[0], [...user.slice(1), `${bin}/initdb`, '-D', pg, '-U', 'maru', '-A', 'trust', '--no-sync'], { cwd: pg })
    this.postgres = this.start(user[0], [...user.slice(1), `${bin}/postgres`, '-D', pg, '-p', port, '-k', pg, '-h', '127.0.0.1'])
    await until('PostgreSQL', 20, () => spawnSync(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', port]).status === 0)
    this.run(`${bin}/createdb`, ['-h', '127.0.0.1', '-p', port, '-U', 'maru', 'maru'])
    this.startRedis = () => this.start('redis-server', ['--bind', '127.0.0.1', '--port', redisPort, '--save', '', '--dir', this.folder])
    this.redis = this.startRedis()
    this.settings = [
      `--Maru:Data=${this.data}`, `--Maru:Database=Host=127.0.0.1;Port=${port};Username=maru;Database=maru`,
      `--Maru:Redis=127.0.0.1:${redisPort}`,
    ]
  }

  /** Makes people and rooms. */
  async people(users, rooms) {
    const files = [`--tokens=${this.folder}/tokens`, `--rooms-file=${this.folder}/rooms`]
    this.run(maru, ['seed', `--users=${users}`, `--rooms=${rooms}`, '--messages=0', ...files, ...this.settings])
    this.tokens = readFileSync(`${this.folder}/tokens`, 'utf8').trim().split('\n')
    this.rooms = readFileSync(`${this.folder}/rooms`, 'utf8').trim().split('\n')
  }

  /** Starts a node; one that takes the place of another has its address. */
  async node({ settings = [], program = maru, env = {}, instead } = {}) {
    const url = instead?.url ?? `http://127.0.0.1:${await freePort()}`
    const node = this.start(program, [`--urls=${url}`, ...this.settings, ...settings], { env: { ...process.env, ...env } })
    node.url = url
    if (instead) this.nodes[this.nodes.indexOf(instead)] = node
    else this.nodes.push(node)
    await until('the node', 30, () => fetch(`${url}/health/ready`).then(answer => answer.ok))
    return node
  }

  /** An admin, who signs in in a browser. */
  async admin() {
    const body = JSON.stringify({ handle: 'olga', name: 'Olga', password })
    const url = `${this.nodes[0].url}/api/auth/signup`
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (!answer.ok) throw new Error(await answer.text())
    this.run(maru, ['user', 'olga', '--role', 'admin', ...this.settings])
  }

  /** Reads the nodes each second, by the rules made faster. */
  async prometheus(factor) {
    const folder = join(this.folder, 'prometheus')
    mkdirSync(folder)
    writeFileSync(join(folder, 'rules.yml'), faster(readFileSync(join(root, 'deploy/prometheus/rules.yml'), 'utf8'), factor))
    const targets = this.nodes.map(node => new URL(node.url).host)
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'maru', static_configs: [{ targets }] }],
    }))
    this.prometheusUrl = `http://127.0.0.1:${await freePort()}`
    this.start('prometheus', [
      `--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${new URL(this.prometheusUrl).host}`,
    ])
    await until('Prometheus', 30, () => fetch(`${this.prometheusUrl}/-/ready`).then(answer => answer.ok))
  }

  async query(expression) {
    const answer = await (await fetch(`${this.prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`)).json()
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`)
    return answer.data.result
  }

  /** The alerts that fire, each once, with their labels. */
  async firing() {
    const { data } = await (await fetch(`${this.prometheusUrl}/api/v1/alerts`)).json()
    const alerts = data.alerts.filter(alert => alert.state === 'firing')
    return new Map(alerts.map(alert => [alert.labels.alertname, alert]))
  }

  /** How a picture or a table calls a node's address. */
  nameOf(instance) {
    const at = this.nodes.findIndex(node => node.url.endsWith(instance))
    return at < 0 ? instance : `node ${at + 1}`
  }

  /** Lines of the log of all nodes since a mark, but for those that are no news: the first of each kind, with how often it came. */
  log(mark = new Map()) {
    const kinds = new Map()
    for (const node of this.nodes) {
      for (const line of node.text.slice(mark.get(node) ?? 0).split('\n').filter(line => line.startsWith('{') && line.endsWith('}'))) {
        const fields = JSON.parse(line)
        if (fields['log.level'] === 'info' && fields['log.logger'] !== 'Maru.Requests') continue
        const kind = ['log.level', 'log.logger', 'event.code', 'event.action', 'labels.route'].map(name => fields[name]).join(' ')
        const { count = 0 } = kinds.get(kind) ?? {}
        kinds.set(kind, { count: count + 1, fields })
      }
    }
    const grave = ({ fields }) => ['critical', 'error', 'warn', 'info'].indexOf(fields['log.level'])
    return [...kinds.values()].sort((a, b) => grave(a) - grave(b) || b.count - a.count)
  }

  mark() {
    return new Map(this.nodes.map(node => [node, node.text.length]))
  }

  async end() {
    for (const work of this.#ends.splice(0)) await work()
    for (const child of this.#running.splice(0)) await this.stop(child, child === this.postgres ? 'SIGINT' : 'SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
