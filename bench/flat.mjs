// Does the cost grow with a room's past?
// Seeds a room of 10 thousand, 1 million and 10 million messages, each in a store of its own,
// and prints medians in milliseconds of requests over one connection.
// node bench/flat.mjs [messages ...], after dotnet publish src/Maru.Server -c Release -o artifacts/maru.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const maru = new URL('../artifacts/maru/maru', import.meta.url).pathname
const port = 8095
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 1_000_000, 10_000_000]

for (const messages of sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'maru-flat-'))
  const store = [`--Maru:Database=Data Source=${folder}/maru.db`, `--Maru:Data=${folder}`]
  const files = [`--tokens=${folder}/tokens`, `--rooms-file=${folder}/rooms`]
  const seeded = spawnSync(maru, ['seed', '--users=10', '--rooms=1', `--messages=${messages}`, ...files, ...store], { encoding: 'utf8' })
  if (seeded.status !== 0) throw new Error(seeded.stderr)
  const token = readFileSync(`${folder}/tokens`, 'utf8').split('\n')[0]
  const room = readFileSync(`${folder}/rooms`, 'utf8').trim()
  const settings = ['--urls', `http://127.0.0.1:${port}`, '--Maru:RateLimits:Enabled=false', ...store]
  const server = spawn(maru, settings, { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await new Promise((resolve, reject) => {
      server.stderr.on('data', line => String(line).includes('is ready on') && resolve())
      server.on('exit', code => reject(new Error(`the server ended with exit code ${code}`)))
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = (method, path, body) => new Promise((resolve, reject) => {
      const began = performance.now()
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const call = request({ agent, port, host: '127.0.0.1', method, path, headers }, answer => {
        answer.resume().on('end', () => {
          if (answer.statusCode < 300) resolve(performance.now() - began)
          else reject(new Error(`${method} ${path}: ${answer.statusCode}`))
        })
      })
      call.on('error', reject).end(body)
    })
    const median = async (times, one) => {
      const taken = []
      for (let i = 0; i < times; i++) taken.push(await one(i))
      return taken.slice(times / 5).sort((a, b) => a - b)[Math.floor(times * 0.4)].toFixed(2)
    }
    const log = `/api/rooms/${room}/messages`
    console.log(`${messages.toLocaleString('en')} messages:`,
      'newest page', await median(2000, () => ask('GET', log)),
      '| middle', await median(2000, i => ask('GET', `${log}?before=${Math.floor(messages / 2) + i}`)),
      '| oldest', await median(2000, i => ask('GET', `${log}?after=${i}`)),
      '| my rooms', await median(2000, () => ask('GET', '/api/me/rooms')),
      '| send', await median(1000, () => ask('POST', log, JSON.stringify({ text: 'x'.repeat(100) }))))
    agent.destroy()
  } finally {
    server.removeAllListeners('exit')
    server.kill()
    await new Promise(resolve => server.on('exit', resolve))
    rmSync(folder, { recursive: true })
  }
}
