import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from '@playwright/test'
import { Person } from './people'
import { Server } from './server'

/**
 * What each test gets: a server that the file's tests share, and pages that are watched. A page that breaks its Content-Security-Policy,
 * asks another host for something or throws fails its test.
 */
interface Given {
  person: (handle?: string, name?: string) => Promise<Person>
  /** A page of another browser, watched as well: of the person, or of nobody. */
  elsewhere: (person?: Person, path?: string, options?: BrowserContextOptions) => Promise<Page>
  faults: string[]
}

export const test = base.extend<Given, { server: Server }>({
   
  server: [async ({}, use) => {
    const server = await Server.start()
    await use(server)
    await server.stop()
  }, { scope: 'worker' }],

  baseURL: async ({ server }, use) => { await use(server.url) },

  // Handles are new for each test, so that tests of one server do not meet.
  person: async ({ server }, use) => {
    await use((handle = 'ann', name) => Person.signUp(server.url, `${handle}${++people}-${process.pid}`, name ?? capital(handle)))
  },

  elsewhere: async ({ browser, server, faults }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (someone, path, options = {}) => {
      const context = await browser.newContext({ baseURL: server.url, ...options })
      contexts.push(context)
      await watch(context, server, faults)
      const page = await context.newPage()
      if (someone) await open(page, someone, path)
      else if (path !== undefined) await page.goto(path)
      return page
    })
    await Promise.all(contexts.map(context => context.close()))
  },

  faults: [async ({ context, server }, use) => {
    const faults: string[] = []
    await watch(context, server, faults)
    await use(faults)
    expect(faults, 'faults of the pages').toEqual([])
  }, { auto: true }],
})

let people = 0
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Collects what must not happen on any page of the context. */
export async function watch(context: BrowserContext, server: Server, faults: string[]): Promise<void> {
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', event =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
  })
  context.on('request', request => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && `${origin}/` !== server.url) faults.push(`request to ${request.url()}`)
  })
  context.on('console', message => {
    const text = message.text()
    // A refused request is what some tests want; the page has to tell the person, which they look at.
    // So are a server that is away, and the browser that asks it in vain whether the service worker is a new one.
    const expected = ['Failed to load resource', 'WebSocket connection to', 'An unknown error occurred when fetching the script']
    if (message.type() === 'error' && !expected.some(start => text.startsWith(start))) faults.push(`console: ${text}`)
  })
  context.on('weberror', error => { faults.push(`thrown: ${error.error().stack ?? error.error().message}`) })
}

/** Signs the browser in as the person, as the form does, and opens the path. */
export async function open(page: Page, person: Person, path = 'rooms'): Promise<void> {
  const answer = await page.request.post('api/auth/login', {
    data: { handle: person.handle, password: Person.password, cookie: true },
    headers: { Origin: new URL(person.url).origin },
  })
  expect(answer.status()).toBe(200)
  await page.goto(path)
}

/** Where one writes to the room that is open. */
export const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^Message to / })

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** A message of the room that is open, by its text. */
export const message = (page: Page, text: string): Locator => page.locator('.conversation [data-seq]').filter({ hasText: text })

/** Requests there, so many of them or all, wait until what is returned is called. */
export async function hold(page: Page, address: string, times?: number): Promise<() => void> {
  let go: () => void = () => undefined
  const gate = new Promise<void>(done => { go = done })
  await page.route(address, async route => {
    await gate
    await route.continue()
  }, times ? { times } : {})
  return go
}

export { expect }
export type { Page }
