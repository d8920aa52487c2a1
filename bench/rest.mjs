// How many requests a second does one node answer?
// 300 connections of 300 users ask for their rooms (in 1, 5 and 20 of them), then send messages;
// every message that was answered 201 must be in the store afterwards.
// node bench/rest.mjs [seconds] [--Maru:Database=…]: an empty one; if left out SQLite in a temporary folder.
import { load, serve } from './node.mjs'

const seconds = Number(process.argv.slice(2).find(x => !x.startsWith('-')) ?? 10)
const settings = process.argv.slice(2).filter(x => x.startsWith('-'))
const connections = 300

await serve(['--users=3000', '--rooms=300', '--messages=30000'], async node => {
  const { rooms, ask } = node
  const run = (name, request) => load(node, name, request, { seconds, connections })
  const enter = async (from, to) => {
    for (let user = 0; user < connections; user++) {
      for (let i = from; i < to; i++) await ask(user, 'POST', `/api/rooms/${rooms[(user + i) % rooms.length]}/join`, {})
    }
  }
  const heads = async () => {
    let sum = 0
    for (let i = 0; i < rooms.length; i++) sum += (await ask(i, 'GET', `/api/rooms/${rooms[i]}`)).json.lastSeq
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
}, settings)
