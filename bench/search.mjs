// How long does a search take, how long does it take to make the index, and how large is it?
// Fills a store with messages of made words (Latin, Korean, Chinese, as frequent as words of a language are), lets the server make the
// index as fast as it can, and searches it while 2,000 messages a second are written, after half a minute of the same to warm up:
// rare words (in fewer than 100 messages), middle ones (in 0.1 %) and frequent ones (in 5 %), each the newest first and the best first, of
// a person who is in every room.
// node bench/search.mjs [messages] [searches of each kind] [--Maru:Database=…]: an empty one; if left out SQLite in a temporary folder.
// LOAD: the load tool (dotnet publish src/Maru.Load -c Release -o artifacts/load), which writes the messages.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from './node.mjs'

const numbers = process.argv.slice(2).filter(x => !x.startsWith('-')).map(Number)
const [messages, searches] = [numbers[0] ?? 1_000_000, numbers[1] ?? 200]
const settings = process.argv.slice(2).filter(x => x.startsWith('-'))
const load = process.env.LOAD ?? new URL('../artifacts/load/maru-load', import.meta.url).pathname
const Words = 100_000
const WarmUp = 30_000       // milliseconds in which a store tidies up after so many messages at once

// Words that differ in every rank, of three scripts.
const syllables = ['ba', 'de', 'fi', 'go', 'hu', 'ka', 'le', 'mi', 'no', 'pu', 'ra', 'se', 'ti', 'vo', 'wu', 'za']
const digits = (rank, base) => rank < base ? [rank] : [...digits(Math.floor(rank / base), base), rank % base]
const word = rank => {
  if (rank % 3 === 0) return digits(rank + 399, 399).map(x => String.fromCharCode(0xac00 + 28 * x)).join('')
  if (rank % 3 === 1) return digits(rank + 256, 16).map(x => syllables[x]).join('')
  return digits(rank + 900, 900).map(x => String.fromCharCode(0x4e00 + 7 * x)).join('')
}

// The rank of a word that is in that share of the messages, which have eight words on average.
const harmonic = Array.from({ length: Words }, (_, i) => 1 / (i + 1)).reduce((sum, x) => sum + x)
const rankOf = share => Math.max(1, Math.round(8 / (harmonic * share)))
const near = (rank, i) => {
  const others = Math.max(1, Math.floor(rank / 10))
  return word(Math.min(rank, Words - others) + i % others)
}
const kinds = {
  'rare word': i => near(rankOf(60 / messages), i * 37),
  'word of 0.1 %': i => near(rankOf(0.001), i),
  'word of 5 %': i => near(rankOf(0.05), i),
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(0)
const megabytes = bytes => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

const print = (name, taken, more = '') => {
  taken.sort((a, b) => a - b)
  console.log(`${name}: p50 ${at(taken, 0.5)} ms, p95 ${at(taken, 0.95)} ms, p99 ${at(taken, 0.99)} ms${more}`)
}

const search = async (name, one, times) => {
  const taken = []
  let hits = 0
  for (let i = 0; i < times; i++) {
    const { ms, json } = await one(i)
    taken.push(ms)
    hits += json?.items.length ?? 0
  }
  print(name, taken, hits > 0 ? `; ${(hits / times).toFixed(0)} hits a page` : '')
  return taken
}

const folder = mkdtempSync(join(tmpdir(), 'maru-words-'))
writeFileSync(join(folder, 'words'), Array.from({ length: Words }, (_, i) => word(i)).join('\n'))
const seed = ['--users=200', '--rooms=20', '--rooms-each=20', `--messages=${messages}`, `--words=${join(folder, 'words')}`]
const whole = ['--Maru:Search:MessagesPerSecond=1000000', '--Maru:Search:YieldAbove=1000000']
try {
  await serve(seed, async ({ url, folder: store, tokens, rooms, ask }) => {
    const began = performance.now()
    const log = `/api/rooms/${rooms.at(-1)}/messages`
    const newest = (await ask(0, 'GET', `${log}?limit=1`)).json.items[0]
    const query = `/api/search?q=${encodeURIComponent(newest.text.split(' ')[0])}&roomId=${rooms.at(-1)}&limit=1`
    while ((await ask(0, 'GET', query)).json.items[0]?.seq !== newest.seq) await wait(500)
    const seconds = (performance.now() - began) / 1000
    console.log(`${messages.toLocaleString('en')} messages: index made in ${Math.round(seconds)} s, `
      + `${Math.round(messages / seconds).toLocaleString('en')} messages a second`)
    const databases = readdirSync(store).filter(name => name.startsWith('maru'))
    for (const name of databases) console.log(`  ${name}: ${megabytes(statSync(join(store, name)).size)}`)

    const scenario = { description: 'writes', clients: 200, rooms: 20, rate: 2000, warmup: 1, duration: 900 }
    writeFileSync(`${store}/writes.json`, JSON.stringify(scenario))
    const files = ['--tokens', `${store}/tokens`, '--rooms', `${store}/rooms`, '--out', `${store}/out`]
    const writers = spawn(load, ['run', `${store}/writes.json`, '--url', `${url.replace('http', 'ws')}/ws`, ...files], { stdio: 'ignore' })
    try {
      await wait(5000)
      const seq = async () => (await ask(0, 'GET', `${log}?limit=1`)).json.items[0].seq
      const [from, since] = [await seq(), performance.now()]
      await search('freshness', async i => {
        const sent = performance.now()
        const text = `${word(Words + i)} ${Date.now()}`
        const { json: { seq } } = await ask(0, 'POST', log, { text })
        while ((await ask(0, 'GET', `/api/search?q=${encodeURIComponent(text)}`)).json.items[0]?.seq !== seq) await wait(10)
        return { ms: performance.now() - sent }
      }, 20)
      const orders = Object.entries(kinds).flatMap(([kind, of]) => ['newest', 'best'].map(sort => ({
        name: `${kind}, ${sort} first`,
        one: i => ask(i % tokens.length, 'GET', `/api/search?q=${encodeURIComponent(of(i))}&sort=${sort}`),
      })))
      const until = performance.now() + WarmUp
      for (let i = 0; performance.now() < until; i++) await orders[i % orders.length].one(i)
      const all = []
      for (const { name, one } of orders) all.push(...await search(name, one, searches))
      print('all of them together', all)
      const each = (await seq() - from) / ((performance.now() - since) / 1000)
      console.log(`written meanwhile: ${Math.round(each * rooms.length).toLocaleString('en')} messages a second`)
    } finally {
      writers.kill()
    }
  }, [...settings, ...whole])
} finally {
  rmSync(folder, { recursive: true })
}
