// An S3 server in memory, on 127.0.0.1 alone: the program of fauxqs listens on every interface. What it does not look at is done here, by
// the documents of AWS: whether the signature of a presigned address is right, and the headers that such an address asks for.
import { createHash, createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { buildApp } from 'fauxqs'

const [port, secret] = [Number(process.argv[2]), process.argv[3]]
const app = buildApp({ logger: false })
await app.ready()
createServer((request, response) => {
  const url = new URL(request.url, 'http://s3')
  if (url.searchParams.has('X-Amz-Signature')) {
    const fault = faultOf(request, url)
    if (fault) return response.writeHead(403, { 'content-type': 'text/plain' }).end(fault)
    setAsAsked(response, url.searchParams)
  }
  const deletes = request.method === 'DELETE' || url.searchParams.has('delete')
  if (deletes && url.pathname.startsWith('/kept-')) {     // a bucket whose keys may not delete
    return response.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>')
  }
  app.routing(request, response)
}).listen(port, '127.0.0.1')

/** What is wrong with a presigned request; undefined: nothing. */
function faultOf(request, url) {
  const given = (name) => url.searchParams.get(`X-Amz-${name}`)
  if (request.headers.authorization) return 'two ways of authentication'
  if (given('Algorithm') !== 'AWS4-HMAC-SHA256') return 'algorithm'
  const [, date, region, service, end] = given('Credential').split('/')
  const at = Date.parse(given('Date').replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
  if (!given('Date').startsWith(date) || Date.now() > at + given('Expires') * 1000 || Date.now() < at - 1000) return 'time'
  const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
  const names = given('SignedHeaders').split(';')
  if (!names.includes('host')) return 'host'
  const headers = names.map((name) => `${name}:${request.headers[name] ?? ''}\n`).join('')
  const asked = [request.method, url.pathname, query, headers, names.join(';'), 'UNSIGNED-PAYLOAD'].join('\n')
  const scope = [date, region, service, end].join('/')
  const hash = createHash('sha256').update(asked).digest('hex')
  let key = `AWS4${secret}`
  for (const word of [date, region, service, end]) key = createHmac('sha256', key).update(word).digest()
  const text = ['AWS4-HMAC-SHA256', given('Date'), scope, hash].join('\n')
  return createHmac('sha256', key).update(text).digest('hex') === given('Signature') ? undefined : 'signature'
}

/** Sends what is asked for by response-content-type and its like, instead of what is stored. */
function setAsAsked(response, query) {
  const write = response.writeHead
  response.writeHead = function (status, ...rest) {
    const headers = rest.at(-1)
    for (const [name, value] of query) {
      if (!name.startsWith('response-') || status >= 300) continue
      const header = name.slice('response-'.length)
      if (headers && typeof headers === 'object') {
        for (const old of Object.keys(headers)) if (old.toLowerCase() === header) delete headers[old]
        headers[header] = value
      } else response.setHeader(header, value)
    }
    return write.call(this, status, ...rest)
  }
}
