// One node on a store of its own, for a benchmark: SQLite in a temporary folder unless the settings name another database.
// Needs dotnet publish src/Maru.Server -c Release -o artifacts/maru, or the program in MARU.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const maru = process.env.MARU ?? new URL('../artifacts/maru/maru', import.meta.url).pathname
const port = 8096

// Fills the store as `maru seed` is asked to, starts the node, calls work with it, and removes both.
export const serve = async (seed, work, settings = []) => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-bench-'))
  const store = [`--Maru:Database=Data Source=${folder}/maru.db`, `--Maru:Data=${folder}`, ...settings]
  const files = [`--tokens=${folder}/tokens`, `--rooms-file=${folder}/rooms`]
  let server
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const seeded = spawnSync(maru, ['seed', ...seed, ...files, ...store], { encoding: 'utf8' })
    if (seeded.status !== 0) throw new Error(seeded.stderr)
    const tokens = readFileSync(`${folder}/tokens`, 'utf8').trim().split('\n')
    const rooms = readFileSync(`${folder}/rooms`, 'utf8').trim().split('\n')
    const options = ['--urls', `http://127.0.0.1:${port}`, '--Maru:RateLimits:Enabled=false', ...store]
    server = spawn(maru, options, { stdio: ['ignore', 'ignore', 'pipe'] })
    await new Promise((resolve, reject) => {
      server.stderr.on('data', line => String(line).includes('is ready on') && resolve())
      server.on('exit', code => reject(new Error(`the server ended with exit code ${code}`)))
    })
    // Returns the milliseconds that a request takes, and its response, over the one connection.
    const ask = (user, method, path, body) => new Promise((resolve, reject) => {
      const began = performance.now()
      const headers = { authorization: `Bearer ${tokens[user]}`, 'content-type': 'application/json' }
      const call = request({ agent, port, host: '127.0.0.1', method, path, headers }, response => {
        const chunks = []
        response.on('data', chunk => chunks.push(chunk)).on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (response.statusCode < 300) resolve({ ms: performance.now() - began, json: text && JSON.parse(text) })
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`))
        })
      })
      call.on('error', reject).end(body && JSON.stringify(body))
    })
    await work({ url: `http://127.0.0.1:${port}`, pid: server.pid, folder, tokens, rooms, ask })
  } finally {
    agent.destroy()
    server?.removeAllListeners('exit')
    server?.kill()
    if (server) await new Promise(resolve => server.exitCode === null ? server.on('exit', resolve) : resolve())
    rmSync(folder, { recursive: true })
  }
}

// Returns the median of what requests take, in milliseconds; the first fifth warms up.
export const median = async (times, one) => {
  const taken = []
  for (let i = 0; i < times; i++) taken.push((await one(i)).ms)
  return taken.slice(times / 5).sort((a, b) => a - b)[Math.floor(times * 0.4)].toFixed(2)
}

// Loads the node with wrk (Debian: apt-get install wrk) from so many connections, one a user, and prints what came of it.
// The request is Lua: a call of add(i, method, path, body) for user i, from 1 on.
export const load = async ({ url, folder }, name, request, { seconds = 10, connections = 300 } = {}) => {
  writeFileSync(`${folder}/wrk.lua`, `
local tokens, rooms = {}, {}
for line in io.lines("${folder}/tokens") do tokens[#tokens + 1] = line end
for line in io.lines("${folder}/rooms") do rooms[#rooms + 1] = line end
local requests, next = {}, 0
local function add(i, method, path, body)
  local headers = { ["Authorization"] = "Bearer " .. tokens[i], ["Content-Type"] = body and "application/json" or nil }
  requests[#requests + 1] = wrk.format(method, path, headers, body)
end
function init() for i = 1, ${connections} do ${request} end end
function request() next = next % #requests + 1; return requests[next] end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("%.0f %.1f %.1f %.1f %d %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout))
end`)
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', `${folder}/wrk.lua`, url]
  const wrk = spawn('wrk', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  wrk.stdout.on('data', text => output += text)
  const code = await new Promise((resolve, reject) => wrk.on('error', reject).on('exit', resolve))
  if (code !== 0) throw new Error(`wrk ended with exit code ${code}`)
  const [rate, p50, p99, max, requests, errors] = output.trim().split('\n').at(-1).split(' ').map(Number)
  console.log(`${name}: ${rate.toLocaleString('en')} requests/s, p50 ${p50} ms, p99 ${p99} ms, max ${max} ms, `
    + `${errors} errors in ${requests.toLocaleString('en')}`)
  if (errors > 0) process.exitCode = 1
  return requests
}
