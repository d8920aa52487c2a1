import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const program = process.env.MARU_PROGRAM ?? resolve(import.meta.dirname, '../../../src/Maru.Server/bin/Release/net10.0/maru.dll')

/** A real server on a port and with data of its own, without rate limits. */
export class Server {
  readonly url: string
  #process: ChildProcess | undefined
  #log = ''

  private constructor(readonly port: number, readonly data: string, readonly settings: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}/`
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), 'maru-web-')), settings)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const env = { ...this.#env(), Maru__RateLimits__Enabled: 'false', ...this.settings }
    const child = spawn('dotnet', [program, '--urls', this.url], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = child
    const keep = (text: Buffer) => { this.#log = (this.#log + text).slice(-20_000) }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', keep)
    for (const end = Date.now() + 30_000; ;) {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${this.#log}`)
      const ready = await fetch(`${this.url}health/ready`).then(answer => answer.ok, () => false)
      if (ready) return
      if (Date.now() > end) throw new Error(`The server did not start:\n${this.#log}`)
      await pause(50)
    }
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    await rm(this.data, { recursive: true, force: true })
  }

  /** Runs one of the program's commands on this server's data, which may be running: seed, user. */
  async run(...args: string[]): Promise<string> {
    const env = { ...this.#env(), ...this.settings }
    const child = spawn('dotnet', [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => { text += part })
    const code = await new Promise(done => child.once('close', done))
    if (code !== 0) throw new Error(`maru ${args[0]} ended with ${code}:\n${text}`)
    return text
  }

  #env() {
    return { ...process.env, Maru__Data: this.data, Maru__Database: `Data Source=${this.data}/maru.db` }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null) return
    const gone = new Promise(done => child.once('exit', done))
    child.kill(signal)
    await gone
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(done => server.once('listening', done))
  const { port } = server.address() as { port: number }
  await new Promise(done => server.close(done))
  return port
}
