import type { components } from 'maru-client'

type Schemas = components['schemas']
type Room = Schemas['Room']
type Message = Schemas['Message']

/** Somebody with an account, who acts by requests: what other people do while a browser is looked at. */
export class Person {
  private constructor(readonly url: string, readonly handle: string, readonly name: string, readonly id: number, readonly token: string) {}

  static readonly password = 'correct horse battery'

  static async signUp(url: string, handle: string, name = handle[0]!.toUpperCase() + handle.slice(1)): Promise<Person> {
    const answer = await fetch(`${url}api/auth/signup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ handle, name, password: Person.password }),
    })
    if (!answer.ok) throw new Error(`sign-up of ${handle}: ${answer.status} ${await answer.text()}`)
    const signedIn = await answer.json() as Schemas['SignedIn']
    return new Person(url, handle, name, signedIn.user.id, signedIn.accessToken)
  }

  async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${this.url}api/${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} by ${this.handle}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }

  room(name: string, more: Partial<Schemas['NewRoom']> = {}): Promise<Room> {
    return this.ask('POST', 'rooms', { name, visibility: 'public', ...more })
  }

  direct(other: Person): Promise<Room> {
    return this.ask('POST', 'rooms/direct', { userId: other.id })
  }

  send(room: Room, text: string, more: Partial<Schemas['NewMessage']> = {}): Promise<Message> {
    return this.ask('POST', `rooms/${room.id}/messages`, { text, ...more }, { 'Idempotency-Key': crypto.randomUUID() })
  }

  /** Many messages, in order: text(1) … text(count). */
  async sendMany(room: Room, count: number, text: (number: number) => string): Promise<void> {
    for (let number = 1; number <= count; number++) await this.send(room, text(number))
  }

  /** Very many messages, some at a time, so that their order is not that of their numbers. */
  async flood(room: Room, count: number, text: (number: number) => string): Promise<void> {
    let number = 0
    const one = async () => { while (number < count) await this.send(room, text(++number)) }
    await Promise.all(Array.from({ length: 16 }, one))
  }

  history(room: Room, query = ''): Promise<Schemas['MessagePage']> {
    return this.ask('GET', `rooms/${room.id}/messages?${query}`)
  }

  async join(room: Room): Promise<void> {
    await this.ask('POST', `rooms/${room.id}/join`, {})
  }
}
