// What do unread counts cost with many messages, rooms and members?
// 300 connections of 300 users ask for their rooms, 20 of them and then 100, in which each has a million unread messages in all;
// then one connection uses rooms of 10, 10,000 and 100,000 members (medians in milliseconds).
// node bench/unread.mjs [seconds] [--Maru:Database=…]: an empty one; if left out SQLite in a temporary folder.
import { load, median, serve } from './node.mjs'

const seconds = Number(process.argv.slice(2).find(x => !x.startsWith('-')) ?? 10)
const settings = process.argv.slice(2).filter(x => x.startsWith('-'))

for (const rooms of [20, 100]) {
  await serve(['--users=300', `--rooms=${rooms}`, `--rooms-each=${rooms}`, '--messages=1000000'], async node => {
    const { json } = await node.ask(0, 'GET', '/api/me/unread')
    const list = `add(i, "GET", "/api/me/rooms?limit=${rooms}")`
    await load(node, 'warm-up', list, { seconds: seconds / 2 })
    await load(node, `GET /api/me/rooms, ${rooms} rooms, ${json.unread.toLocaleString('en')} unread`, list, { seconds })
  }, settings)
  if (settings.length > 0) break      // one database is empty once
}

if (settings.length === 0) {
  for (const members of [10, 10_000, 100_000]) {
    await serve([`--users=${members + 1}`, '--rooms=1', '--messages=10000'], async ({ rooms: [room], ask }) => {
      const log = `/api/rooms/${room}/messages`
      let seq = 10_000
      const join = async () => {
        await ask(members, 'POST', `/api/rooms/${room}/leave`)
        return ask(members, 'POST', `/api/rooms/${room}/join`, {})
      }
      console.log(`${members.toLocaleString('en')} members:`,
        'send', await median(500, () => ask(0, 'POST', log, { text: 'x'.repeat(100) })),
        '| send to @all', await median(500, () => ask(0, 'POST', log, { text: '@all come here' })),
        '| newest page, with unreadBy', await median(500, () => ask(0, 'GET', log)),
        '| members', await median(500, () => ask(0, 'GET', `/api/rooms/${room}/members`)),
        '| my rooms', await median(500, () => ask(0, 'GET', '/api/me/rooms')),
        '| unread', await median(500, () => ask(1, 'GET', `/api/rooms/${room}/read`)),
        '| read on', await median(500, () => ask(1, 'PUT', `/api/rooms/${room}/read`, { seq: ++seq })),
        '| who read it', await median(500, () => ask(0, 'GET', `${log}/10001/readers`)),
        '| join', await median(500, join))
    })
  }
}
