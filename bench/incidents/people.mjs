// What people do during a drill: they talk, they read, and some shout.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './rig.mjs'

const require = createRequire(join(root, 'web/package.json'))
const { WebSocket } = require('ws')
const load = process.env.LOAD ?? join(root, 'artifacts/load/maru-load')

/** Lets people talk for so many seconds in rooms of ten: a scenario of maru-load, whose thresholds do not matter here. */
export const talk = (rig, seconds, sets = []) => rig.start(load, [
  'run', 'steady', ...rig.nodes.flatMap(node => ['--url', `${node.url.replace('http', 'ws')}/ws`]),
  '--tokens', `${rig.folder}/tokens`, '--rooms', `${rig.folder}/rooms`, '--out', `${rig.folder}/talk`,
  ...[`duration=${seconds}`, 'thresholds=[]', ...sets].flatMap(set => ['--set', set]),
])

/** Lets people open their lists and rooms: so many requests a second to each node, whatever the answer. */
export const browse = (rig, perSecond) => {
  let turn = 0
  const ask = () => {
    for (const node of rig.nodes) {
      const user = turn++ % rig.tokens.length
      const path = turn % 3 === 0 ? '/api/me/rooms' : `/api/rooms/${rig.rooms[user % rig.rooms.length]}/messages`
      const headers = { authorization: `Bearer ${rig.tokens[user]}` }
      fetch(`${node.url}${path}`, { headers, signal: AbortSignal.timeout(30_000) }).then(answer => answer.arrayBuffer()).catch(() => {})
    }
  }
  const timer = setInterval(ask, 1000 / perSecond)
  rig.atEnd(() => clearInterval(timer))
}

const frame = (command, headers, body = '') =>
  `${command}\n${Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('')}\n${body}\0`

/**
 * Lets so many members of the first room send so many messages a second each into it, by STOMP, whatever they are told.
 * Returns what ends it.
 */
export const shout = async (rig, people, perSecond) => {
  const { url } = rig.nodes[0]
  const room = rig.rooms[0]
  const stops = []
  for (let user = 0; user < people; user++) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'v12.stomp')
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }))
    socket.onerror = () => {}
    const token = rig.tokens[user * rig.rooms.length]       // each so-manyth is in the first room
    socket.send(frame('CONNECT', { 'accept-version': '1.2', host: 'maru', Authorization: `Bearer ${token}`, 'heart-beat': '0,0' }))
    socket.send(frame('SUBSCRIBE', { id: 'errors', destination: '/user/queue/errors' }))     // stays, though it is refused
    const headers = { destination: `/app/rooms/${room}/messages`, 'content-type': 'application/json' }
    const message = frame('SEND', headers, JSON.stringify({ text: 'again and again' }))
    const timer = setInterval(() => { for (let i = 0; i < perSecond / 10; i++) socket.send(message) }, 100)
    stops.push(() => { clearInterval(timer); socket.close() })
  }
  const stop = () => stops.splice(0).forEach(one => one())
  rig.atEnd(stop)
  return stop
}
