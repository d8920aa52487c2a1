// The incidents: what causes each, and what ends it; its alerts, the first of which is waited for first; and the panels that tell.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { shout } from './people.mjs'
import { root } from './rig.mjs'

const faults = process.env.FAULTS ?? join(root, 'artifacts/faults/maru-faults.dll')
const next = process.env.MARU_NEXT ?? join(root, 'artifacts/maru-next/maru')
const unlimited = ['--Maru:RateLimits:Enabled=false']

/** Makes each call to the disk of a process wait. Returns what ends it. */
const slowDisk = async (rig, pid, milliseconds) => {
  const tracer = rig.start('strace', [
    '-f', '-qq', '-o', '/dev/null', '-p', pid, '-e', 'trace=fsync,fdatasync',
    '-e', `inject=fsync,fdatasync:delay_exit=${milliseconds * 1000}`,
  ])
  await pause(1000)
  if (tracer.exitCode !== null) throw new Error(`strace: ${tracer.text}`)
  return () => rig.stop(tracer)
}

/** Stops what serves connections to PostgreSQL most of the time: it answers, and slowly. Returns what ends it. */
const crawl = rig => {
  const serving = `pgrep -d ' ' -P ${rig.postgres.pid} -f 'postgres: maru maru'`
  const loop = `while true; do p=$(${serving}); kill -STOP $p; sleep 0.5; kill -CONT $p; sleep 0.1; done 2>/dev/null`
  const child = rig.start('bash', ['-c', loop])
  const stop = async () => {
    await rig.stop(child, 'SIGKILL')
    rig.run('bash', ['-c', `kill -CONT $(${serving}) 2>/dev/null || true`])
  }
  rig.atEnd(stop)
  return stop
}

export const catalogue = {
  'slow-disk': {
    title: 'A slow disk',
    text: 'Each `fsync` of the node takes 300 ms longer: a disk that others use too, or that is about to die. The store is '
      + 'SQLite.',
    cause: 'each `fsync` takes 300 ms longer',
    cured: 'the disk is as it was',
    alerts: ['MaruCommitSlow'],
    find: 'commits and other writes are slow while reads are as fast as before and the CPU is idle: it is what waits for the '
      + 'disk. With PostgreSQL it is the disk of that; `iostat -x 1` there names it. The log says how long commits take.',
    remedy: 'give the store another disk, or end what else uses this one. Nothing is lost meanwhile: who sends waits.',
    panels: [['messages', 'Commit'], ['messages', 'Durable'], ['storage', 'Reads'], ['storage', 'Writes'], ['nodes', 'CPU']],
    settings: unlimited,
    make: rig => slowDisk(rig, rig.nodes[0].pid, 300),
  },
  'full-disk': {
    title: 'A full disk',
    text: 'Something fills the disk that the store is on, to the last byte.',
    cause: '`dd` fills the disk',
    cured: 'the file is deleted',
    alerts: ['MaruStorageFull'],
    find: 'the alert says it, and refusals with `storage-full` begin at once; the one Error in the log has the words of SQLite. '
      + '`df` and `du` on the data folder find what it is.',
    remedy: 'make room. Sending goes on by itself, without a restart, and clients send what was refused.',
    panels: [['overview', 'Refusals'], ['storage', 'Storage full'], ['overview', 'Messages'], ['storage', 'Reads']],
    settings: unlimited,
    before: rig => {
      rig.run('mkdir', [rig.data])
      rig.run('mount', ['-t', 'tmpfs', '-o', 'size=96m,mode=700', 'tmpfs', rig.data])
      rig.atEnd(() => rig.run('umount', ['-l', rig.data]))
    },
    make: async rig => {
      const file = join(rig.data, 'other')
      await rig.start('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k']).gone
      return () => rmSync(file)
    },
  },
  'redis-away': {
    title: 'Redis is away',
    text: 'Redis is killed under two nodes on PostgreSQL. Messages go on, since nodes find those of others in the store.',
    cause: 'Redis is killed',
    cured: 'Redis is started',
    alerts: ['MaruBusAway'],
    find: 'all nodes lost the same bus, `redis`, and the one over PostgreSQL is there: so it is Redis, and neither a node nor the '
      + 'network of one. The log names the address. Until then messages of other nodes come from the store: gaps that it fills.',
    remedy: 'start Redis. Nodes connect by themselves.',
    panels: [['cluster', 'Buses'], ['cluster', 'Dropped'], ['cluster', 'Gaps'], ['messages', 'Delivery'], ['messages', 'Commit']],
    store: 'postgres', nodes: 2, settings: unlimited,
    make: async rig => {
      await rig.stop(rig.redis, 'SIGKILL')
      return () => { rig.redis = rig.startRedis() }
    },
  },
  'slow-postgres': {
    title: 'PostgreSQL is slow',
    text: 'PostgreSQL gets a sixth of the CPU time that it wants: the processes that serve the two nodes stand still five times '
      + 'of six.',
    cause: 'PostgreSQL stands still most of the time',
    cured: 'PostgreSQL runs',
    alerts: ['MaruCommitSlow', 'MaruStoreReadSlow'],
    find: 'commits and reads are slow on all nodes, whose own CPUs are idle: it is what they share. '
      + 'A slow disk alone leaves reads fast. `pg_stat_activity` and the machine of PostgreSQL tell more; '
      + 'the tab *Queries* of the administration shows that all statements got slower, and not one.',
    remedy: 'give PostgreSQL what it lacks: CPU, memory, the end of another program or of a long transaction.',
    panels: [
      ['storage', 'Reads'], ['messages', 'Commit'], ['storage', 'Writes'], ['storage', 'Pools of PostgreSQL'], ['cluster', 'Lag'],
      ['nodes', 'CPU'],
    ],
    store: 'postgres', nodes: 2, settings: unlimited, tab: 'Queries',
    make: crawl,
  },
  'hot-room': {
    title: 'One hot room',
    text: 'Eight members of one room send a hundred messages a second each into it, on a node without limits.',
    cause: 'eight people send 800 messages a second into one room',
    cured: 'they are quiet',
    alerts: ['MaruHotRoom'],
    find: 'one room has nearly all new entries of the node. The log has its number, by which the administration finds it (`#1`, '
      + 'tab *Rooms*).',
    remedy: 'give the room a slow mode or make it read-only in its settings, and leave `Maru__RateLimits__Enabled` on.',
    panels: [['messages', 'Busiest room'], ['overview', 'Messages'], ['messages', 'Durable'], ['nodes', 'CPU']],
    settings: unlimited,
    make: rig => shout(rig, 8, 100),
  },
  'abusive-user': {
    title: 'One abusive user',
    text: 'One user sends four hundred messages a second and does not mind being refused.',
    cause: 'one user sends 400 messages a second',
    cured: 'the user is gone',
    alerts: ['MaruRateLimited'],
    find: 'refusals as `rate-limited` begin, over the sockets. The log has the number of the user every ten seconds, and how '
      + 'often they were refused. All others send as before: the limit holds.',
    remedy: 'find the user by that number in the administration (`#1`, tab *Users*) and end the sessions, or block the address at '
      + 'the proxy; a client\'s bug goes to its makers.',
    panels: [['overview', 'Refusals'], ['messages', 'Durable'], ['overview', 'Messages'], ['nodes', 'CPU']],
    settings: ['--Maru:RateLimits:Enabled=true'],
    make: rig => shout(rig, 1, 400),
  },
  'memory-leak': {
    title: 'A memory leak',
    text: 'The node may use 1 GiB, and keeps 4 MiB more of small objects each second for nothing. The leak is made by a library '
      + 'that the drill loads into the process.',
    cause: 'the leak begins',
    cured: 'the node is started again',
    alerts: ['MaruMemoryShort'],
    find: 'the memory of the process grows, and connections and what clients make the node keep do not: it is the program, and '
      + 'not a crowd. It is the heap of .NET, in objects that stay (`gen2`), and so no native library. '
      + '[MaruMemoryGrows](alerts.md#marumemorygrows) finds leaks that take many hours.',
    remedy: 'restart the node before the system ends it; clients resume. Report it with a `dotnet-gcdump` of the process.',
    panels: [['nodes', 'Heap'], ['nodes', 'Memory'], ['overview', 'Connections'], ['clients', 'Memory for clients']],
    settings: unlimited,
    node: rig => ({
      env: { DOTNET_GCHeapHardLimit: '40000000', DOTNET_STARTUP_HOOKS: faults, MARU_FAULT: `leak:${join(rig.folder, 'leak')}` },
    }),
    make: rig => {
      writeFileSync(join(rig.folder, 'leak'), `${4 * 2 ** 20}`)
      return async () => {
        rmSync(join(rig.folder, 'leak'))
        const [node] = rig.nodes
        await rig.stop(node)
        await rig.node({ settings: unlimited, env: { DOTNET_GCHeapHardLimit: '40000000' }, instead: node })
      }
    },
  },
  'bad-deploy': {
    title: 'A bad deploy',
    text: 'The second of two nodes is replaced by one of version 0.1.1, in which every second request for the messages of a room '
      + 'fails. The fault is made by a library that the drill loads into the process.',
    cause: 'node 2 gets version 0.1.1',
    cured: 'node 2 has version 0.1.0 again',
    alerts: ['MaruBadDeploy'],
    find: 'the alert names the node and the version. Only that version has failed requests, and the other node, on the same store '
      + 'at the same time, has none: so it is the release. The Errors of the log have the route and the exception.',
    remedy: 'go back to the version before; [Upgrade](#upgrade) says which step back is possible. '
      + 'That the alert comes back for a moment is the short past of a drill, in which no version had run for an hour before.',
    panels: [
      ['nodes', 'Failed requests by version'], ['nodes', 'Versions'], ['overview', 'Share of requests that fail'], ['storage', 'Reads'],
    ],
    store: 'postgres', nodes: 2, settings: unlimited, shows: 'other',
    make: async rig => {
      const [, node] = rig.nodes
      await rig.stop(node)
      const env = { DOTNET_STARTUP_HOOKS: faults, MARU_FAULT: 'bug:/messages' }
      const bad = await rig.node({ settings: unlimited, program: next, env, instead: node })
      return async () => {
        await rig.stop(bad)
        await rig.node({ settings: unlimited, instead: bad })
      }
    },
  },
}
