// Uploads beside messages: does the server's memory stay, and do messages go on?
// 200 people upload a file of 20 MB each at once, paced by Maru:Files:UploadBytesPerSecond, while one person sends 20 messages a second.
// Prints the memory before and at its most, the times of the messages, and how fast uploads and downloads are beside
// dd with a sync, and nginx (Debian: apt-get install nginx) sending the same files from the same disk.
// node bench/files.mjs [uploads] [megabytes] [bytes a second]
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { serve } from './node.mjs'

const [uploads, megabytes, rate] = [200, 20, 32 * 1024 * 1024].map((value, i) => Number(process.argv[2 + i] ?? value))
const size = megabytes * 1_000_000
const block = Buffer.alloc(64 * 1024, 7)

// The anonymous memory of the server, in MB: pages of files that the kernel keeps are not its own.
const memory = pid => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

const upload = (url, token) => new Promise((resolve, reject) => {
  const head = Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-')
  const tail = Buffer.from('\r\n--b--\r\n')
  const headers = {
    authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b', 'content-length': head.length + size + tail.length,
  }
  const call = request(`${url}/api/files`, { method: 'POST', headers, agent: false }, response => {
    let text = ''
    response.on('data', part => text += part).on('end', () =>
      response.statusCode === 201 ? resolve(JSON.parse(text)) : reject(new Error(`${response.statusCode} ${text}`)))
  })
  call.on('error', reject)
  call.write(head)
  let left = size
  const go = () => {
    while (left > 0) {
      const part = block.subarray(0, Math.min(left, block.length))
      left -= part.length
      if (!call.write(part)) return call.once('drain', go)
    }
    call.end(tail)
  }
  go()
})

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

await serve([`--users=${uploads + 1}`, '--rooms=1', '--messages=0'], async ({ url, pid, folder, tokens, rooms: [room], ask }) => {
  const send = async () => (await ask(uploads, 'POST', `/api/rooms/${room}/messages`, { text: 'x'.repeat(100) })).ms
  for (let i = 0; i < 200; i++) await send()
  await upload(url, tokens[0])
  const before = memory(pid)
  let most = before
  let busy = true
  const began = performance.now()
  const all = Promise.all(tokens.slice(0, uploads).map(token => upload(url, token))).finally(() => busy = false)
  const times = []
  while (busy) {
    times.push(await send())
    most = Math.max(most, memory(pid))
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const files = await all
  const rateOfAll = perSecond(uploads * size, began)
  times.sort((a, b) => a - b)
  const at = share => times[Math.floor(times.length * share)].toFixed(1)
  console.log(`${uploads} uploads of ${megabytes} MB at once, ${rate / 1e6} MB/s allowed: ${rateOfAll}; memory ${before.toFixed(0)} MB, `
    + `${most.toFixed(0)} MB at most (+${(most - before).toFixed(0)}); ${times.length} messages beside them: p50 ${at(0.5)} ms, `
    + `p99 ${at(0.99)} ms, max ${at(0.9999)} ms`)

  const dd = spawnSync('dd', ['if=/dev/zero', `of=${folder}/dd`, 'bs=1M', 'count=1000', 'conv=fsync'], { encoding: 'utf8' })
  console.log(`dd with a sync, 1 GB: ${/[\d.]+ [GM]B\/s/.exec(dd.stderr)[0]}`)

  const some = files.slice(0, 100)
  const maru = some.map((file, i) => ({ address: url + file.url, headers: { authorization: `Bearer ${tokens[i]}` } }))
  await downloadAll(maru)
  console.log(`${some.length} downloads, 8 at a time: ${await downloadAll(maru)}`)
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; pid ${folder}/nginx.pid; error_log stderr; worker_processes 1; events {}
http { access_log off; sendfile on; server { listen 127.0.0.1:8097; root ${folder}/files/files; } }`)
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'user root;'], { stdio: 'ignore' })
  try {
    const same = readdirSync(join(folder, 'files/files')).slice(0, some.length)
      .map(id => ({ address: `http://127.0.0.1:8097/${id}/original` }))
    for (let tries = 0; ; tries++) {
      if (await download(same[0].address).catch(() => 0) || tries > 100) break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    await downloadAll(same)
    console.log(`nginx, the same files: ${await downloadAll(same)}`)
  } finally {
    nginx.kill()
  }
}, ['--Maru:Files:Uploads=1000', `--Maru:Files:UploadBytesPerSecond=${rate}`])
