import { MaruClient, type MaruOptions } from '../src/index.js'

export interface Frame { command: string; headers: Record<string, string>; body: string }

/** The server's end of one WebSocket, by hand: what the client sent, and what it is told. */
export class Wire {
  readyState = 0
  binaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: object) => void) | null = null
  onerror: ((event: object) => void) | null = null
  readonly frames: Frame[] = []

  constructor(readonly url: string) {}

  send(data: string): void {
    for (const text of data.split('\0')) {
      if (text.trim() === '') continue
      const [head = '', body = ''] = split(text)
      const [command = '', ...lines] = head.split('\n')
      this.frames.push({ command, headers: Object.fromEntries(lines.map(line => split(line, ':'))), body })
    }
  }
  close(): void { this.drop() }
  terminate(): void { this.drop() }

  /** The upgrade, and CONNECTED. */
  accept(): void {
    this.readyState = 1
    this.onopen?.()
    this.say('CONNECTED', { version: '1.2', 'heart-beat': '10000,10000' })
  }
  say(command: string, headers: Record<string, string | number> = {}, body: unknown = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('')
    this.onmessage?.({ data: `${command}\n${lines}\n${typeof body === 'string' ? body : JSON.stringify(body)}\0` })
  }
  receipt(frame: Frame, headers: Record<string, string | number> = {}): void {
    this.say('RECEIPT', { 'receipt-id': frame.headers.receipt!, ...headers })
  }
  refuse(frame: Frame, problem: object): void {
    this.say('MESSAGE', { subscription: 'errors', 'message-id': 1, 'receipt-id': frame.headers.receipt! }, problem)
  }
  tell(subscription: string, event: object): void {
    this.say('MESSAGE', { subscription, 'message-id': 1 }, event)
  }
  error(type: string, headers: Record<string, string | number> = {}): void {
    this.say('ERROR', { message: type, ...headers }, { type, title: type, status: 400 })
    setImmediate(() => this.drop())
  }
  beat(): void { this.onmessage?.({ data: '\n' }) }
  drop(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.({ code: 1006 })
  }

  all(command: string, destination?: string): Frame[] {
    return this.frames.filter(frame => frame.command === command && (!destination || frame.headers.destination === destination))
  }
  last(command: string, destination?: string): Frame {
    const frame = this.all(command, destination).at(-1)
    if (!frame) throw new Error(`no ${command} ${destination ?? ''}: ${this.frames.map(one => one.command).join(' ')}`)
    return frame
  }
}

function split(text: string, at = '\n\n'): [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)]
}

type Answer = (body: Record<string, unknown>, headers: Headers) => Response | Promise<Response>

export const answer = (status: number, body: object) => Response.json(body, { status })
export const refusal = (status: number, type: string) => answer(status, { type, title: type, status })

/** A client whose server is the test. */
export class Kit {
  readonly wires: Wire[] = []
  readonly asked: string[] = []
  readonly routes = new Map<string, Answer>()
  tokens = 0
  userId = 1
  random = 0.5
  readonly maru: MaruClient

  constructor(options: Partial<MaruOptions> = {}) {
    const grant = () => answer(200, this.grant())
    this.routes.set('POST /api/auth/login', grant)
    this.routes.set('POST /api/auth/refresh', grant)
    this.routes.set('POST /api/auth/logout', () => new Response(null, { status: 204 }))
    this.maru = new MaruClient({
      url: 'http://maru.test/', random: () => this.random,
      webSocket: url => {
        const wire = new Wire(url)
        this.wires.push(wire)
        return wire as never
      },
      fetch: async input => {
        const request = input as Request
        const route = `${request.method} ${new URL(request.url).pathname}`
        this.asked.push(route)
        const text = await request.text()
        return await (this.routes.get(route) ?? (() => refusal(404, 'not-found')))(text ? JSON.parse(text) : {}, request.headers)
      },
      ...options,
    })
  }

  grant() {
    const at = ++this.tokens
    const user = { id: this.userId, handle: 'ann', name: 'Ann' }
    return { user, accessToken: `access${at}`, refreshToken: `refresh${at}`, expiresIn: 900 }
  }

  get wire(): Wire { return this.wires.at(-1)! }

  /** Signs in, connects, and lets the subscriptions of its own stand. */
  async online(): Promise<Wire> {
    await this.maru.session.logIn('ann', 'correct horse')
    this.maru.start()
    await settle()
    await this.accept()
    return this.wire
  }

  async accept(wire = this.wire): Promise<Wire> {
    wire.accept()
    await settle()
    for (const frame of wire.all('SUBSCRIBE', '/user/queue/events')) wire.receipt(frame)
    await settle()
    return wire
  }
}

/** Lets all promises that can go on do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  await new Promise<void>(done => setImmediate(done))
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}
