// Passes TCP connections on: node scripts/relay.mjs FROM_PORT TO_PORT. Paused (SIGSTOP), it is a cut between two programs on one machine.
import { connect, createServer } from 'node:net'

const [from, to] = process.argv.slice(2).map(Number)
createServer(near => {
  const far = connect(to, '127.0.0.1')
  for (const [one, other] of [[near, far], [far, near]]) {
    one.setNoDelay(true).pipe(other)
    one.on('error', () => other.destroy()).on('close', () => other.destroy())
  }
}).listen(from, '127.0.0.1')
