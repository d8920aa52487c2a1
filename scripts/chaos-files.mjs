// Files and search amid faults: uploads files, sends each with a message that has a word of its own, and goes on until SIGTERM.
// Then every file that was acknowledged must be whole, and every message must be found by its word, alone.
// node scripts/chaos-files.mjs URL TOKENS ROOMS: the files that maru seed writes; user number i is in room number i mod the rooms
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [url, tokenFile, roomFile] = process.argv.slice(2)
const lines = file => readFileSync(file, 'utf8').trim().split('\n')
const [tokens, rooms] = [lines(tokenFile).slice(0, 8), lines(roomFile)]
const Patience = 60_000
const sent = []
let over = false
process.on('SIGTERM', () => over = true)

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
const hash = bytes => createHash('sha256').update(bytes).digest('hex')

// Asks until the response is good: nodes and stores come and go. Null: the time is up.
const ask = async (who, method, path, { body, more = {}, read = response => response.json() } = {}) => {
  const headers = { authorization: `Bearer ${tokens[who]}`, ...more }
  for (const began = Date.now(); Date.now() - began < Patience; await wait(200)) {
    try {
      const response = await fetch(url + path, { method, headers, body, signal: AbortSignal.timeout(20_000) })
      if (response.ok) return await read(response)
      const problem = await response.text()
      const fault = new Error(`${method} ${path}: ${response.status} ${problem}`)
      if (response.status < 500 && response.status !== 429) throw Object.assign(fault, { final: true })
    } catch (fault) {
      if (fault.final) throw fault
    }
  }
  return null
}

const talk = async who => {
  const room = rooms[who % rooms.length]
  for (let i = 0; !over; i++) {
    const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(1000 + Math.floor(Math.random() * 200_000))])
    const form = new FormData()
    form.append('file', new Blob([content]), `chaos ${who} ${i}.pdf`)
    const file = await ask(who, 'POST', '/api/files', { body: form })
    if (!file) continue
    const word = `chaos${randomBytes(8).toString('hex')}`
    const message = await ask(who, 'POST', `/api/rooms/${room}/messages`, {
      body: JSON.stringify({ text: `${word} 파일`, files: [file.id] }),
      more: { 'content-type': 'application/json', 'idempotency-key': word },
    })
    if (message) sent.push({ who, room, seq: message.seq, id: file.id, word, hash: hash(content) })
    await wait(100)
  }
}

const check = async ({ who, room, seq, id, word, hash: wanted }) => {
  const content = await ask(who, 'GET', `/api/files/${id}`, {
    read: async response => Buffer.from(await response.arrayBuffer()),
  })
  if (!content || hash(content) !== wanted) return `file ${id} of message ${room}/${seq} is ${content ? 'not what was sent' : 'away'}`
  for (const began = Date.now(); Date.now() - began < Patience; await wait(200)) {
    const page = await ask(who, 'GET', `/api/search?q=${word}`)
    if (page?.items.length === 1 && String(page.items[0].roomId) === room && page.items[0].seq === seq) return null
  }
  return `message ${room}/${seq} is not found by its word`
}

await Promise.all(tokens.map((_, who) => talk(who)))
const faults = (await Promise.all(tokens.map(async (_, who) => {
  const found = []
  for (const one of sent.filter(x => x.who === who)) found.push(await check(one))
  return found
}))).flat().filter(Boolean)
for (const fault of faults.slice(0, 20)) console.error(fault)
console.log(`${sent.length} files were sent with messages: ${sent.length - faults.length} are whole and found by search.`)
process.exit(sent.length > 0 && faults.length === 0 ? 0 : 1)
