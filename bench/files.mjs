// Uploads beside messages: does the server's memory stay, and do messages go on?
// 200 people upload a file of 20 MB each at once, paced by Maru:Files:UploadBytesPerSecond, while 3,000 people send a message a second
// each, in rooms of ten. Prints the memory before and at its most, the times of the messages, and how fast uploads and downloads are beside
// dd with a sync, and nginx (Debian: apt-get install nginx) sending the same files from the same disk.
// node bench/files.mjs [uploads] [megabytes] [bytes a second] [--tus] [--s3]
//   --tus  by /api/uploads, each file in one part, instead of a form: it arrives twice at that pace, as a part and as a file
//   --s3   into a bucket instead of the disk, without dd and nginx: of the S3 server of the tests (npm ci --prefix tests/s3), which runs on
//          the same cores and holds all files in its memory
// LOAD: the load tool (dotnet publish src/Maru.Load -c Release -o artifacts/load), which sends the messages.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { serve } from './node.mjs'

const { values: ways, positionals } = parseArgs({ allowPositionals: true, options: { tus: { type: 'boolean' }, s3: { type: 'boolean' } } })
const [uploads, megabytes, rate] = [200, 20, 32 * 1024 * 1024].map((value, i) => Number(positionals[i] ?? value))
const size = megabytes * 1_000_000
const start = '%PDF-'
const load = process.env.LOAD ?? new URL('../artifacts/load/maru-load', import.meta.url).pathname
const block = Buffer.alloc(64 * 1024, 7)

// The anonymous memory of the server, in MB: pages of files that the kernel keeps are not its own.
const memory = pid => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

// Sends a request whose body is so many bytes between a head and a tail; returns the headers and the JSON of its response.
const send = (address, method, headers, head = '', bytes = 0, tail = '') => new Promise((resolve, reject) => {
  const length = { 'content-length': head.length + bytes + tail.length }
  const call = request(address, { method, headers: { ...headers, ...length }, agent: false }, response => {
    let text = ''
    response.on('data', part => text += part).on('end', () => response.statusCode < 300
      ? resolve({ headers: response.headers, json: text && JSON.parse(text) })
      : reject(new Error(`${method} ${address}: ${response.statusCode} ${text}`)))
  })
  call.on('error', reject)
  call.write(head)
  const go = () => {
    while (bytes > 0) {
      const part = block.subarray(0, Math.min(bytes, block.length))
      bytes -= part.length
      if (!call.write(part)) return call.once('drain', go)
    }
    call.end(tail)
  }
  go()
})

const uploadForm = async (url, token) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b' }
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n${start}`
  return (await send(`${url}/api/files`, 'POST', headers, head, size, '\r\n--b--\r\n')).json
}

const uploadTus = async (url, token) => {
  const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' }
  const about = { 'upload-length': start.length + size, 'upload-metadata': `filename ${btoa('a.pdf')}` }
  const begun = await send(`${url}/api/uploads`, 'POST', { ...headers, ...about })
  const address = new URL(begun.headers.location, url)
  await send(address, 'PATCH', { ...headers, 'upload-offset': 0, 'content-type': 'application/offset+octet-stream' }, start, size)
  for (;;) {
    const { json } = await send(address, 'GET', headers)
    if (json.file) return json.file
    await pause(100)        // the server was too busy to put it together
  }
}

const upload = ways.tus ? uploadTus : uploadForm

// Starts an S3 server with a bucket; returns its process, and the settings of a node that keeps its files there.
const startS3 = async () => {
  const [port, bucket, secret] = [8098, 'files', 'secret']
  const folder = new URL('../tests/s3', import.meta.url).pathname
  const server = spawn('node', ['server.mjs', port, secret], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const address = `http://127.0.0.1:${port}`
  while (!await fetch(`${address}/${bucket}`, { method: 'PUT' }).then(made => made.ok, () => false)) {
    if (server.exitCode !== null) throw new Error('there is no S3 server: npm ci --prefix tests/s3')
    await pause(50)
  }
  const settings = { Endpoint: address, Bucket: bucket, AccessKey: 'key', SecretKey: secret }
  return { server, settings: Object.entries(settings).map(([name, value]) => `--Maru:Files:S3:${name}=${value}`) }
}

const download = (address, headers = {}) => new Promise((resolve, reject) => {
  request(address, { headers, agent: false }, response => {
    let bytes = 0
    response.on('data', part => bytes += part.length).on('end', () =>
      response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${response.statusCode}`)))
  }).on('error', reject).end()
})

const perSecond = (bytes, began) => `${Math.round(bytes / 1e6 / ((performance.now() - began) / 1000))} MB/s`

// Eight at a time.
const downloadAll = async addresses => {
  const began = performance.now()
  let bytes = 0
  const rest = [...addresses]
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let next = rest.pop(); next; next = rest.pop()) bytes += await download(next.address, next.headers)
  }))
  return perSecond(bytes, began)
}

// Runs the ready scenario `steady` for so many seconds; returns its process when its clients are there, and its report when it ends.
const talk = async (url, folder, seconds) => {
  const files = ['--tokens', `${folder}/tokens`, '--rooms', `${folder}/rooms`, '--out', `${folder}/out`]
  const options = ['--url', `${url.replace('http', 'ws')}/ws`, '--set', 'warmup=20', '--set', `duration=${seconds}`, ...files]
  const talking = spawn(load, ['run', 'steady', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  talking.stdout.on('data', part => text += part)
  const report = new Promise((resolve, reject) => talking.on('error', reject).on('close', () => resolve(text)))
  while (!/measure /.test(text)) {
    if (talking.exitCode !== null) throw new Error(`${load} ended: ${text}`)
    await Promise.race([report, pause(100)])
  }
  return { report }
}

const measure = async ({ url, pid, folder, tokens }) => {
  await upload(url, tokens[0])
  const { report } = await talk(url, folder, Math.ceil((ways.tus ? 2 : 1) * uploads * size / rate))
  const before = memory(pid)
  let most = before
  let busy = true
  const began = performance.now()
  const all = Promise.all(tokens.slice(0, uploads).map(token => upload(url, token))).finally(() => busy = false)
  while (busy) {
    most = Math.max(most, memory(pid))
    await pause(50)
  }
  const files = await all
  console.log(`${uploads} uploads of ${megabytes} MB at once, ${ways.tus ? 'tus' : 'forms'}, to ${ways.s3 ? 'S3' : 'the disk'}, `
    + `${rate / 1e6} MB/s allowed: ${perSecond(uploads * size, began)}; memory ${before.toFixed(0)} MB, `
    + `${most.toFixed(0)} MB at most (+${(most - before).toFixed(0)})`)
  console.log((await report).split('\n').filter(line => /^(steady:|ms |delivery|receipt|guarantees|sent )/.test(line)).join('\n'))

  if (!ways.s3) {
    const dd = spawnSync('dd', ['if=/dev/zero', `of=${folder}/dd`, 'bs=1M', 'count=1000', 'conv=fsync'], { encoding: 'utf8' })
    console.log(`dd with a sync, 1 GB: ${/[\d.]+ [GM]B\/s/.exec(dd.stderr)[0]}`)
  }

  const some = files.slice(0, 100)
  const maru = some.map((file, i) => ({ address: url + file.url, headers: { authorization: `Bearer ${tokens[i]}` } }))
  await downloadAll(maru)
  console.log(`${some.length} downloads, 8 at a time: ${await downloadAll(maru)}`)
  if (!ways.s3) console.log(`nginx, the same files: ${await downloadFromNginx(folder, some.length)}`)
}

const downloadFromNginx = async (folder, count) => {
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; pid ${folder}/nginx.pid; error_log stderr; worker_processes 1; events {}
http { access_log off; sendfile on; server { listen 127.0.0.1:8097; root ${folder}/files/files; } }`)
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'user root;'], { stdio: 'ignore' })
  try {
    const same = readdirSync(join(folder, 'files/files')).slice(0, count)
      .map(id => ({ address: `http://127.0.0.1:8097/${id}/original` }))
    for (let tries = 0; ; tries++) {
      if (await download(same[0].address).catch(() => 0) || tries > 100) break
      await pause(50)
    }
    await downloadAll(same)
    return await downloadAll(same)
  } finally {
    nginx.kill()
  }
}

const s3 = ways.s3 && await startS3()
try {
  const limits = ['--Maru:Files:Uploads=1000', `--Maru:Files:UploadBytesPerSecond=${rate}`]
  await serve(['--users=3000', '--rooms=300', '--messages=0'], measure, [...limits, ...s3 ? s3.settings : []])
} finally {
  s3?.server.kill()
}
