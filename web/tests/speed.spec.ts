import { Person } from './kit/people'
import { expect, open, test, type Page } from './kit/test'

// What a person waits for, on a slow phone network, and what a busy room costs. The figures are printed. The goals hold for a machine that does
// nothing else (SPEED=strict); otherwise what is far from them fails.

const strict = process.env.SPEED === 'strict'
const slow4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 }

test.describe.configure({ mode: 'serial' })

test('The first room is soon on screen, cold and warm, on slow 4G', async ({ page, person }) => {
  const ann = await person()
  const room = await ann.room('Harbour')
  for (let number = 1; number <= 60; number++) await ann.send(room, `Message ${number} of the day, with some words to fill its line`)
  await open(page, ann, 'about')                       // signed in; now everything that was kept goes
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', slow4G)

  // From the begin of the navigation to the frame in which the last message is on the screen.
  const first = async () => {
    await page.goto(`rooms/${room.id}`, { waitUntil: 'commit' })
    const shown = await page.waitForFunction(() => {
      const last = [...document.querySelectorAll('main [data-seq]')].at(-1)
      return last?.textContent?.includes('Message 60 of the day') && last.checkVisibility({ visibilityProperty: true }) && performance.now()
    }, null, { polling: 'raf' })
    return Math.round(await shown.jsonValue() as number)
  }
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister()
    for (const key of await caches.keys()) await caches.delete(key)
  })
  await cdp.send('Network.clearBrowserCache')
  const cold = await first()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.goto('about:blank')
  const warm = await first()
  console.log(`first room on slow 4G: cold ${cold} ms, warm ${warm} ms`)
  expect(cold).toBeLessThan(strict ? 2500 : 6000)
  expect(warm).toBeLessThan(strict ? 1000 : 3000)
})

test('A room that receives 200 messages a second has no long task, and leaves most of the time to the person', async ({ page, person }) => {
  const ann = await person()
  const senders = await Promise.all(['bea', 'cid', 'dan', 'eva'].map(handle => person(handle)))
  const room = await ann.room('Busy')
  for (const sender of senders) await sender.join(room)
  await ann.send(room, 'Before the storm')
  await open(page, ann, `rooms/${room.id}`)
  await expect(page.getByRole('main').getByText('Before the storm')).toBeVisible()
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  await storm(room, senders, 2)                        // compiled and warm

  const tasks = await watchTasks(page)
  const before = await spent(cdp)
  const seconds = 10
  const sent = await storm(room, senders, seconds)
  await expect(page.getByRole('main').getByText(`storm ${sent - 1}`)).toBeVisible()
  const after = await spent(cdp)
  const { cpu, clock } = await tasks()
  const cost = (after - before) / seconds * 1000
  console.log(`${(sent / seconds).toFixed(0)} messages a second: ${cost.toFixed(0)} ms of script and layout a second; ` +
    `the longest task took ${cpu.toFixed(0)} ms of the processor; by the clock ${clock.toFixed(0)} ms`)
  expect(sent / seconds).toBeGreaterThan(strict ? 180 : 50)
  expect(cpu).toBeGreaterThan(0)
  expect(cpu).toBeLessThanOrEqual(strict ? 50 : 150)
  expect(cost).toBeLessThan(strict ? 400 : 800)
})

test('10,000 loaded messages scroll smoothly, and few of them are in the page', async ({ page, person }) => {
  test.setTimeout(180_000)
  const ann = await person()
  const room = await ann.room('Long')
  await ann.flood(room, 10_000, number => `message ${number} ${'word '.repeat(number * 7 % 40)}`)
  await open(page, ann, `rooms/${room.id}`)
  const rows = page.locator('.conversation [data-seq]')
  await expect(rows.last()).toBeInViewport()
  const list = page.locator('.conversation .scroller')
  await expect(async () => {
    await list.evaluate(async scroller => {
      for (let frame = 0; frame < 60; frame++) {
        scroller.scrollTop = 0
        await new Promise(requestAnimationFrame)
      }
    })
    await expect(page.getByText('This is where Long begins')).toBeInViewport({ timeout: 100 })
  }).toPass({ timeout: 120_000, intervals: [0] })

  // With all of them loaded it goes down, some hundred pixels a frame.
  const { frames, height, most } = await list.evaluate(async scroller => {
    const frames: number[] = []
    let most = 0
    for (let frame = 0, before = await new Promise(requestAnimationFrame); frame < 300; frame++) {
      scroller.scrollTop += 400
      const now = await new Promise(requestAnimationFrame)
      frames.push(now - before)
      before = now
      most = Math.max(most, scroller.querySelectorAll('[data-seq]').length)
    }
    return { frames: frames.sort((a, b) => a - b), height: scroller.scrollHeight, most }
  })
  const [median, worst] = [frames[frames.length >> 1]!, frames.at(-1)!]
  const { usedSize } = await (await page.context().newCDPSession(page)).send('Runtime.getHeapUsage')
  console.log(`10,000 loaded: a frame takes ${median.toFixed(0)} ms, the worst of 300 ${worst.toFixed(0)} ms; ` +
    `${most} of them at most in the page, ${(usedSize / 2 ** 20).toFixed(0)} MiB of script's memory`)
  expect(height).toBeGreaterThan(10_000 * 30)
  expect(most).toBeLessThan(100)
  expect(worst).toBeLessThan(strict ? 50 : 1000)
})

type Session = { send(method: 'Performance.getMetrics'): Promise<{ metrics: { name: string; value: number }[] }> }

/**
 * Watches the tasks of the page's main thread; what comes back ends it, with the longest one in ms. The processor's time counts: by the clock
 * a task also waits for the server and the senders, which are on the same machine here.
 */
async function watchTasks(page: Page): Promise<() => Promise<{ cpu: number; clock: number }>> {
  interface Event { name: string; ph: string; pid: number; tid: number; dur?: number; tdur?: number; args: { name?: string } }
  const browser = await page.context().browser()!.newBrowserCDPSession()
  const events: Event[] = []
  browser.on('Tracing.dataCollected', ({ value }) => { events.push(...value as unknown as Event[]) })
  await browser.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel'] } })
  return async () => {
    const complete = new Promise(done => browser.once('Tracing.tracingComplete', done))
    await browser.send('Tracing.end')
    await complete
    const main = new Set(events.filter(one => one.name === 'thread_name' && one.args.name === 'CrRendererMain').map(one => `${one.pid} ${one.tid}`))
    const tasks = events.filter(one => one.ph === 'X' && main.has(`${one.pid} ${one.tid}`))
    const longest = (time: 'dur' | 'tdur') => Math.max(0, ...tasks.map(one => one[time] ?? 0)) / 1000
    return { cpu: longest('tdur'), clock: longest('dur') }
  }
}

/** Seconds of script, style and layout since the page began. */
async function spent(cdp: Session): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  const of = (name: string) => metrics.find(one => one.name === name)?.value ?? 0
  return of('ScriptDuration') + of('LayoutDuration') + of('RecalcStyleDuration')
}

/** Sends 200 messages a second, each sender a quarter of them; returns how many there were. */
async function storm(room: Awaited<ReturnType<Person['room']>>, senders: Person[], seconds: number): Promise<number> {
  const begun = Date.now()
  let sent = 0
  const pending: Promise<unknown>[] = []
  while (Date.now() - begun < seconds * 1000) {
    const due = Math.floor((Date.now() - begun) / 5)
    for (; sent < due; sent++) pending.push(senders[sent % senders.length]!.send(room, `storm ${sent} with **some** words`))
    await new Promise(done => setTimeout(done, 5))
  }
  await Promise.all(pending)
  return sent
}
