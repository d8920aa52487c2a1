// What a drill consists of: nodes on a store, Prometheus with the rules of deploy/prometheus, people who talk, and a browser for pictures.
// All of it on free ports of 127.0.0.1 and in one temporary folder; nothing stays.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const root = new URL('../..', import.meta.url).pathname
const require = createRequire(join(root, 'web/package.json'))
const { WebSocket } = require('ws')
const maru = process.env.MARU ?? join(root, 'artifacts/maru/maru')
const load = process.env.LOAD ?? join(root, 'artifacts/load/maru-load')
const password = 'correct horse battery'

const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

/** Waits until what a function returns is something; fails with the words after so many seconds. */
export const until = async (what, seconds, look) => {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(500)) {
    const seen = await look().catch(() => undefined)
    if (seen) return seen
  }
  throw new Error(`${seconds} s were not enough for: ${what}`)
}

/** Divides each span of the rules, [5m], for: 5m, offset 6h, so that a drill takes minutes and not hours. */
export const faster = (rules, factor) => rules.replace(/(\[|for: |offset )(\d+)(s|m|h)\b/g, (_, head, number, unit) =>
  `${head}${Math.max(2, Math.round(number * { s: 1, m: 60, h: 3600 }[unit] / factor))}s`)

export class Rig {
  folder = mkdtempSync(join(tmpdir(), 'maru-incident-'))
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
    child.gone = new Promise(resolve => child.on('close', resolve))
    this.#running.unshift(child)
    return child
  }

  run(program, args, options = {}) {
    const done = spawnSync(program, args, { encoding: 'utf8', ...options })
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr || done.stdout || done.error}`)
    return done.stdout
  }

  /** A store for all nodes: SQLite in the folder, or PostgreSQL and Redis of the drill's own. */
  async store(kind) {
    this.data = join(this.folder, 'data')
    mkdirSync(this.data, { mode: 0o700 })
    this.settings = [`--Maru:Data=${this.data}`, `--Maru:Database=Data Source=${this.data}/maru.db`]
    if (kind === 'sqlite') return
    const bin = this.run('bash', ['-c', 'dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -n 1)"']).trim()
    const [port, redisPort, pg] = [await freePort(), await freePort(), join(this.folder, 'pg')]
    mkdirSync(pg, { mode: 0o700 })
    const user = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : ['env']
    if (user[0] === 'runuser') this.run('chown', ['-R', 'postgres', pg]), this.run('chmod', ['755', this.folder])
    this.run(user[0], [...user.slice(1), `${bin}/initdb`, '-D', pg, '-U', 'maru', '-A', 'trust', '--no-sync'])
    this.postgres = this.start(user[0], [...user.slice(1), `${bin}/postgres`, '-D', pg, '-p', port, '-k', pg, '-h', '127.0.0.1'])
    await until('PostgreSQL', 20, async () => spawnSync(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', port]).status === 0)
    this.run(`${bin}/createdb`, ['-h', '127.0.0.1', '-p', port, '-U', 'maru', 'maru'])
    this.startRedis = () => this.start('redis-server', ['--bind', '127.0.0.1', '--port', redisPort, '--save', '', '--dir', this.folder])
    this.redis = this.startRedis()
    this.settings = [
      `--Maru:Data=${this.data}`, `--Maru:Database=Host=127.0.0.1;Port=${port};Username=maru;Database=maru`,
      `--Maru:Redis=127.0.0.1:${redisPort}`,
    ]
  }

  /** Makes people and rooms, and an admin who signs in in the browser. */
  async people(users, rooms) {
    const files = [`--tokens=${this.folder}/tokens`, `--rooms-file=${this.folder}/rooms`]
    this.run(maru, ['seed', `--users=${users}`, `--rooms=${rooms}`, '--messages=0', ...files, ...this.settings])
    this.tokens = readFileSync(`${this.folder}/tokens`, 'utf8').trim().split('\n')
    this.rooms = readFileSync(`${this.folder}/rooms`, 'utf8').trim().split('\n')
  }

  async node(settings = [], { program = maru, env = {} } = {}) {
    const url = `http://127.0.0.1:${await freePort()}`
    const node = this.start(program, [`--urls=${url}`, ...this.settings, ...settings], { env: { ...process.env, ...env } })
    node.url = url
    await until('the node', 30, () => fetch(`${url}/health/ready`).then(answer => answer.ok))
    this.nodes.push(node)
    return node
  }

  async admin() {
    const body = JSON.stringify({ handle: 'operator', name: 'Operator', password })
    await fetch(`${this.nodes[0].url}/api/auth/signup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    this.run(maru, ['user', 'operator', '--role', 'admin', ...this.settings])
  }

  /** Reads the nodes each second, by the rules made faster. */
  async prometheus(factor) {
    const folder = join(this.folder, 'prometheus')
    mkdirSync(folder)
    writeFileSync(join(folder, 'rules.yml'), faster(readFileSync(join(root, 'deploy/prometheus/rules.yml'), 'utf8'), factor))
    this.retarget(this.nodes)
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'maru', file_sd_configs: [{ files: ['nodes.json'], refresh_interval: '1s' }] }],
    }))
    this.prometheusUrl = `http://127.0.0.1:${await freePort()}`
    this.start('prometheus', [
      `--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${new URL(this.prometheusUrl).host}`,
    ])
    await until('Prometheus', 30, () => fetch(`${this.prometheusUrl}/-/ready`).then(answer => answer.ok))
  }

  /** Tells Prometheus which nodes there are. */
  retarget(nodes) {
    const targets = nodes.map(node => new URL(node.url).host)
    writeFileSync(join(this.folder, 'prometheus', 'nodes.json'), JSON.stringify([{ targets }]))
  }

  async query(expression) {
    const answer = await fetch(`${this.prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`)
    return (await answer.json()).data.result
  }

  /** The names of the alerts that fire. */
  async firing() {
    const { data } = await (await fetch(`${this.prometheusUrl}/api/v1/alerts`)).json()
    return [...new Set(data.alerts.filter(alert => alert.state === 'firing').map(alert => alert.labels.alertname))].sort()
  }

  /** Lets people talk for so many seconds: a scenario of maru-load. */
  talk(scenario, seconds, sets = [], name = 'talk') {
    const urls = this.nodes.flatMap(node => ['--url', `${node.url.replace('http', 'ws')}/ws`])
    return this.start(load, [
      'run', scenario, ...urls, '--tokens', `${this.folder}/tokens`, '--rooms', `${this.folder}/rooms`, '--out', `${this.folder}/${name}`,
      '--set', `duration=${seconds}`, '--set', 'thresholds=[]', ...sets.flatMap(set => ['--set', set]),
    ])
  }

  /** Lets so many members of the first room send so many messages a second each into it, by STOMP, whatever they are told. */
  async shout(people, perSecond) {
    const { url } = this.nodes[0]
    const members = []
    for (const token of this.tokens) {
      if (members.length === people) break
      const answer = await fetch(`${url}/api/rooms/${this.rooms[0]}/messages?limit=1`, { headers: { authorization: `Bearer ${token}` } })
      if (answer.ok) members.push(token)
    }
    const frame = (command, headers, body = '') =>
      `${command}\n${Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('')}\n${body}\0`
    for (const token of members) {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'v12.stomp')
      await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }))
      socket.send(frame('CONNECT', { 'accept-version': '1.2', host: 'maru', Authorization: `Bearer ${token}`, 'heart-beat': '0,0' }))
      socket.send(frame('SUBSCRIBE', { id: 'errors', destination: '/user/queue/errors' }))     // stays, though it is refused
      const headers = { destination: `/app/rooms/${this.rooms[0]}/messages`, 'content-type': 'application/json' }
      const message = frame('SEND', headers, JSON.stringify({ text: 'again and again' }))
      const timer = setInterval(() => { for (let i = 0; i < perSecond / 10; i++) socket.send(message) }, 100)
      this.atEnd(() => { clearInterval(timer); socket.close() })
    }
  }

  /** Messages of the log of all nodes since a mark, by how often each was said: kinds, since numbers differ. */
  log(mark = new Map()) {
    const kinds = new Map()
    for (const node of this.nodes) {
      for (const line of node.text.slice(mark.get(node) ?? 0).split('\n').filter(line => line.startsWith('{'))) {
        const { 'log.level': level, 'log.logger': logger, message } = JSON.parse(line)
        if (level === 'info' && logger !== 'Maru.Requests') continue
        const kind = `${level} ${logger}: ${message.replace(/\d+(\.\d+)?/g, '…')}`
        const { count = 0 } = kinds.get(kind) ?? {}
        kinds.set(kind, { count: count + 1, level, logger, message })
      }
    }
    return [...kinds.values()].sort((a, b) => b.count - a.count)
  }

  mark() {
    return new Map(this.nodes.map(node => [node, node.text.length]))
  }

  /** Pictures of the administration and of a graph of Prometheus. */
  async picture(folder, name, expression, minutes) {
    const { chromium } = require('playwright')
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      await page.goto(this.nodes[0].url)
      await page.getByLabel('Handle or e-mail').fill('operator')
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.keyboard.press('Enter')
      await page.waitForURL(/rooms|chats/)
      await page.goto(`${this.nodes[0].url}/admin`)
      await page.locator('.chart canvas').first().waitFor()
      await pause(6000)     // the next point
      await page.screenshot({ path: join(folder, `${name}-admin.png`), animations: 'disabled' })
      await page.setViewportSize({ width: 1100, height: 640 })
      const graph = new URLSearchParams({ 'g0.expr': expression, 'g0.tab': '0', 'g0.range_input': `${minutes}m` })
      await page.goto(`${this.prometheusUrl}/graph?${graph}`)
      await pause(3000)
      await page.screenshot({ path: join(folder, `${name}-prometheus.png`), animations: 'disabled' })
    } finally {
      await browser.close()
    }
  }

  async end() {
    for (const work of this.#ends) await work()
    for (const child of this.#running) {
      child.kill(child === this.postgres ? 'SIGINT' : 'SIGTERM')
      await Promise.race([child.gone, pause(10_000).then(() => child.kill('SIGKILL'))])
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
