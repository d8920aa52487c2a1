// Does the cost grow with a room's past?
// Seeds a room of 10 thousand, 1 million and 10 million messages, each in a store of its own,
// and prints medians in milliseconds of requests over one connection.
// Nobody has read anything: the unread list counts all of it.
// node bench/flat.mjs [messages ...]
import { median, serve } from './node.mjs'

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 1_000_000, 10_000_000]

for (const messages of sizes) {
  await serve(['--users=10', '--rooms=1', `--messages=${messages}`], async ({ rooms: [room], ask }) => {
    const log = `/api/rooms/${room}/messages`
    const join = async () => {
      await ask(9, 'POST', `/api/rooms/${room}/leave`)
      return ask(9, 'POST', `/api/rooms/${room}/join`, {})
    }
    console.log(`${messages.toLocaleString('en')} messages:`,
      'newest page', await median(2000, () => ask(0, 'GET', log)),
      '| middle', await median(2000, i => ask(0, 'GET', `${log}?before=${Math.floor(messages / 2) + i}`)),
      '| oldest', await median(2000, i => ask(0, 'GET', `${log}?after=${i}`)),
      '| my rooms with unread', await median(2000, () => ask(0, 'GET', '/api/me/rooms')),
      '| unread in all', await median(2000, () => ask(0, 'GET', '/api/me/unread')),
      '| my mentions', await median(2000, () => ask(0, 'GET', '/api/me/mentions')),
      '| read to the middle and back', await median(1000, i => ask(1, 'PUT', `/api/rooms/${room}/read`,
        { seq: i % 2 ? 1 : Math.floor(messages / 2), unread: true })),
      '| send', await median(1000, () => ask(0, 'POST', log, { text: 'x'.repeat(100) })),
      '| join', await median(1000, join))
  })
}
