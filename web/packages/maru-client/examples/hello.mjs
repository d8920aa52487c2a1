// Says hello in a room, and answers whoever writes there, until it is ended (Ctrl+C):
//   MARU_URL=http://127.0.0.1:5080/ MARU_HANDLE=bot MARU_PASSWORD='correct horse' node examples/hello.mjs 1
import { WebSocket } from 'ws'   // Node 22 has one of its own
import { MaruClient, take } from 'maru-client'

const { MARU_URL: url = 'http://127.0.0.1:5080/', MARU_HANDLE: handle = 'bot', MARU_PASSWORD: password = '' } = process.env
const roomId = Number(process.argv[2])

const maru = new MaruClient({ url, webSocket: (url, protocols) => new WebSocket(url, protocols) })
await maru.session.logIn(handle, password)
maru.start()

maru.connection.on('change', () => console.log(maru.connection.state))
maru.session.on('ended', ({ reason }) => console.log('Signed out:', reason))

// From where the room is now on, without gaps and doubles, over all connections.
const room = await take(maru.api.GET('/api/rooms/{roomId}', { params: { path: { roomId } } }))
maru.feeds.open(roomId, { after: room.lastSeq }, event => {
  if (event.type !== 'message.created' || event.message.sender.id === maru.session.user.id) return
  console.log(`${event.message.sender.name}: ${event.message.text}`)
  maru.read(roomId, event.seq)
  maru.outbox.send({ roomId, text: `Hello ${event.message.sender.name}`, replyTo: event.seq })
})

// Stored exactly once, also when the connection breaks meanwhile. `sent` comes when it is durable.
maru.outbox.on('sent', ({ text, seq }) => console.log(`Sent as ${seq}: ${text}`))
maru.outbox.send({ roomId, text: 'Hello' })
