// How many requests a second does one node answer?
// 300 connections of 300 users ask for their rooms (in 1, 5 and 20 of them), then send messages;
// every message that was answered 201 must be in the store afterwards.
// Needs wrk (Debian: apt-get install wrk), and dotnet publish src/Maru.Server -c Release -o artifacts/maru.
// node bench/rest.mjs [seconds] [--Maru:Database=…]: an empty one; if left out SQLite in a temporary folder.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const maru = new URL('../artifacts/maru/maru', import.meta.url).pathname
const url = 'http://127.0.0.1:8096'
const seconds = Number(process.argv.slice(2).find(x => !x.startsWith('-')) ?? 10)
const connections = 300
const folder = mkdtempSync(join(tmpdir(), 'maru-rest-'))
const more = process.argv.slice(2).filter(x => x.startsWith('-'))
const store = [`--Maru:Database=Data Source=${folder}/maru.db`, `--Maru:Data=${folder}`, ...more]

// The requests of all users in turn: wrk has one thread here, and init runs in it.
const lua = request => `
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
end`

const run = async (name, request) => {
  writeFileSync(`${folder}/wrk.lua`, lua(request))
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

let server
try {
  const files = [`--tokens=${folder}/tokens`, `--rooms-file=${folder}/rooms`]
  const seeded = spawnSync(maru, ['seed', '--users=3000', '--rooms=300', '--messages=30000', ...files, ...store], { encoding: 'utf8' })
  if (seeded.status !== 0) throw new Error(seeded.stderr)
  const tokens = readFileSync(`${folder}/tokens`, 'utf8').trim().split('\n')
  const rooms = readFileSync(`${folder}/rooms`, 'utf8').trim().split('\n')
  server = spawn(maru, ['--urls', url, '--Maru:RateLimits:Enabled=false', ...store], { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise((resolve, reject) => {
    server.stderr.on('data', line => String(line).includes('is ready on') && resolve())
    server.on('exit', code => reject(new Error(`the server ended with exit code ${code}`)))
  })
  const ask = async (user, method, path, body) => {
    const headers = { authorization: `Bearer ${tokens[user]}`, 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, body, headers })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
    return method === 'GET' ? await answer.json() : await answer.arrayBuffer()
  }
  const enter = async (from, to) => Promise.all(Array.from({ length: connections }, async (_, user) => {
    for (let i = from; i < to; i++) await ask(user, 'POST', `/api/rooms/${rooms[(user + i) % rooms.length]}/join`, '{}')
  }))
  const heads = async () => {
    let sum = 0
    for (let i = 0; i < rooms.length; i++) sum += (await ask(i, 'GET', `/api/rooms/${rooms[i]}`)).lastSeq
    return sum
  }

  const send = `add(i, "POST", "/api/rooms/" .. rooms[i] .. "/messages", '{"text":"${'x'.repeat(100)}"}')`
  const mine = 'add(i, "GET", "/api/me/rooms")'
  await run('warm-up', mine)
  await run('GET /health/live, which reads nothing', 'add(i, "GET", "/health/live")')
  await run('GET /api/me/rooms, 1 room', mine)
  await enter(1, 5)
  await run('GET /api/me/rooms, 5 rooms', mine)
  await enter(5, 20)
  await run('GET /api/me/rooms, 20 rooms', mine)
  await run('warm-up', send)
  const before = await heads()
  const sent = await run('POST message, 300 rooms', send)
  const stored = await heads() - before
  // What was under way when wrk stopped counting is stored, too.
  console.log(`stored: ${stored.toLocaleString('en')}${stored < sent ? ', FEWER THAN ANSWERED' : ''}`)
  if (stored < sent) process.exitCode = 1
} finally {
  server?.removeAllListeners('exit')
  server?.kill()
  if (server) await new Promise(resolve => server.exitCode === null ? server.on('exit', resolve) : resolve())
  rmSync(folder, { recursive: true })
}
