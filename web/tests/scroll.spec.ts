import { expect, open, test, type Page } from './kit/test'

// Where the list of messages is: it moves as the person says, and else never.

const words = (number: number) => `message ${number} ${'word '.repeat(number * 7 % 40)}`
const scroller = (page: Page) => page.locator('.conversation .scroller')
const seqOf = (page: Page, seq: number) => page.locator(`.conversation [data-seq="${seq}"]`)
const top = async (page: Page, seq: number) => Math.round((await seqOf(page, seq).boundingBox())!.y)
/** The same, once rows that came by the last move are measured. */
async function topAtRest(page: Page, seq: number): Promise<number> {
  const seen: number[] = []
  await expect.poll(async () => {
    seen.push(await top(page, seq))
    return seen.length >= 3 && new Set(seen.slice(-3)).size === 1
  }, { intervals: [100] }).toBe(true)
  return seen.at(-1)!
}
const toEnd = (page: Page) => scroller(page).evaluate(one => Math.round(one.scrollHeight - one.scrollTop - one.clientHeight))
const newest = (page: Page) => page.getByRole('button', { name: /newest message/ })
const begins = (page: Page) => page.getByText('This is where Harbour begins')

/** A message that is on the screen, some way down. */
async function inSight(page: Page): Promise<number> {
  return await scroller(page).evaluate(list => {
    const edge = list.getBoundingClientRect().top + 60
    const found = [...list.querySelectorAll<HTMLElement>('[data-seq]')].find(one => one.getBoundingClientRect().top > edge)
    return Number(found!.dataset.seq)
  })
}

async function wheel(page: Page, by: number, times: number) {
  await scroller(page).hover()
  for (let time = 0; time < times; time++) {
    await page.mouse.wheel(0, by)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

/**
 * From now on each picture is compared with the one before it: what is on both may have moved down, as who scrolls back wants it, but not up,
 * and some of it must be on both. Returns what was seen otherwise.
 */
async function watchScrollingBack(page: Page): Promise<() => Promise<string[]>> {
  await scroller(page).evaluate(list => {
    const jumps: string[] = []
    let before = new Map<string, number>()
    const look = () => {
      const { top, bottom } = list.getBoundingClientRect()
      const now = new Map<string, number>()
      for (const one of list.querySelectorAll<HTMLElement>('[data-seq]')) {
        const box = one.getBoundingClientRect()
        if (box.bottom > top && box.top < bottom) now.set(one.dataset.seq!, box.top)
      }
      const moved = [...now].flatMap(([seq, y]) => before.has(seq) ? y - before.get(seq)! : []).sort((a, b) => a - b)
      const middle = moved[moved.length >> 1]
      if (middle !== undefined ? middle < -2 : before.size > 0)
        jumps.push(middle !== undefined ? `${middle} px` : `from ${[...before.keys()].join()} to ${[...now.keys()].join()}`)
      before = now
      next()
    }
    // What a person sees: behind the frame's layout and what observers of sizes mend in it, not before.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = look
    const next = () => requestAnimationFrame(() => port2.postMessage(null))
    next()
    Object.assign(window, { jumps })
  })
  return () => page.evaluate(() => (window as unknown as { jumps: string[] }).jumps)
}

test('The whole history scrolls by without a jump', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.sendMany(room, 300, words)
  await open(page, ann, `rooms/${room.id}`)
  await expect(seqOf(page, 300)).toBeInViewport()
  const jumps = await watchScrollingBack(page)
  await expect(async () => {
    await wheel(page, -150, 40)
    await expect(begins(page)).toBeInViewport({ timeout: 100 })
  }).toPass()
  expect(await jumps()).toEqual([])
})

test('Who scrolls back is not pulled to the end by messages that come', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.sendMany(room, 100, words)
  await open(page, ann, `rooms/${room.id}`)
  await expect(seqOf(page, 100)).toBeInViewport()
  let goes = true
  const coming = (async () => { for (let number = 101; goes; number++) await ann.send(room, words(number)) })()
  // It follows them, and no more from the first move on.
  await expect.poll(async () => Number(await scroller(page).locator('[data-seq]').last().getAttribute('data-seq'))).toBeGreaterThan(110)
  await wheel(page, -20, 1)
  await expect.poll(() => toEnd(page)).toBeGreaterThan(100)
  const jumps = await watchScrollingBack(page)
  await wheel(page, -20, 10)
  await wheel(page, -150, 30)
  goes = false
  await coming
  expect(await jumps()).toEqual([])
})

test('The first of 5,000 messages can be reached, and the newest again', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.send(room, 'The very first')
  await ann.flood(room, 4998, words)
  await ann.send(room, 'The very last')
  await open(page, ann, `rooms/${room.id}`)
  await expect(page.getByText('The very last').last()).toBeInViewport()
  const rows = scroller(page).locator('[data-seq]')
  await expect(async () => {
    await wheel(page, -4000, 20)
    expect(await rows.count()).toBeLessThan(100)
    await expect(begins(page)).toBeInViewport({ timeout: 100 })
  }).toPass({ timeout: 60_000 })
  await expect(page.getByText('The very first').last()).toBeInViewport()
  await expect(async () => {
    await wheel(page, 8000, 20)
    expect(await rows.count()).toBeLessThan(100)
    expect(await toEnd(page)).toBeLessThan(2)
  }).toPass({ timeout: 60_000 })
  await expect(page.getByText('The very last').last()).toBeInViewport()
})

test('Somebody who reads further up stays there as messages come and others change their height', async ({ page, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await ben.sendMany(room, 60, words)
  await open(page, ann, `rooms/${room.id}/60`)
  await expect(seqOf(page, 60)).toBeInViewport()
  await wheel(page, -250, 6)
  const probe = await inSight(page)
  const y = await topAtRest(page, probe)
  for (let number = 1; number <= 3; number++) await ben.send(room, `new ${number}`)
  await expect(newest(page)).toHaveText(/3 new messages/)
  expect(await top(page, probe)).toBe(y)
  const above = probe - 6
  await ben.ask('PATCH', `rooms/${room.id}/messages/${above}`, { text: 'much longer now '.repeat(60) })
  await ann.ask('PUT', `rooms/${room.id}/messages/${probe - 5}/reactions/${encodeURIComponent('👍')}`)
  await expect(seqOf(page, probe - 5).getByText('👍')).toHaveCount(1)
  await expect.poll(async () => Math.abs(await top(page, probe) - y)).toBeLessThanOrEqual(1)   // scrolling is by whole pixels
  await newest(page).click()
  await expect(page.getByText('new 3', { exact: true })).toBeInViewport()
  // At the end it follows, and stays there when the window becomes lower, as with a phone's keyboard.
  await ben.send(room, 'and one more')
  await expect(page.getByText('and one more').last()).toBeInViewport()
  await page.setViewportSize({ width: 1280, height: 420 })
  await expect.poll(() => toEnd(page)).toBeLessThan(2)
})

test('A list at its end stays there as the window becomes higher again, as when a banner goes', async ({ page, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await ben.sendMany(room, 60, words)
  await ann.ask('PUT', `rooms/${room.id}/read`, { seq: 60 })
  await open(page, ann, `rooms/${room.id}`)
  await expect(seqOf(page, 60)).toBeInViewport()
  for (const height of [500, 720, 460, 720]) {
    await page.setViewportSize({ width: 1280, height })
    await expect.poll(() => toEnd(page)).toBeLessThan(2)
    const { seq } = await ben.send(room, `at ${height}`)
    await expect(seqOf(page, seq)).toBeInViewport()
    await expect.poll(() => toEnd(page)).toBeLessThan(2)
  }
})

test('A link to a message shows it, also where what follows fills the window', async ({ page, person }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const ann = await person('ann')
  const room = await ann.room('Pier')
  for (let at = 0; at < 15; at++) await ann.send(room, `Before ${at}`)
  const { seq } = await ann.send(room, 'Look at this')
  for (let at = 0; at < 6; at++) await ann.send(room, `After ${at}: ${'a text of several lines, '.repeat(10)}`)
  await open(page, ann, `rooms/${room.id}/${seq}`)
  await expect(seqOf(page, seq)).toBeInViewport()
})

test('Who is near the end sees the newest message also as the window becomes lower', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.sendMany(room, 60, words)
  await open(page, ann, `rooms/${room.id}`)
  await expect(seqOf(page, 60)).toBeInViewport()
  await wheel(page, -30, 1)
  await expect.poll(async () => Math.abs(await toEnd(page) - 30)).toBeLessThan(2)
  await page.setViewportSize({ width: 1280, height: 460 })
  await expect.poll(() => toEnd(page)).toBeLessThan(2)
})

test('A room opens at the first unread message however slow the machine is', async ({ page, person }) => {
  test.setTimeout(180_000)
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await ben.sendMany(room, 200, words)
  await ann.ask('PUT', `rooms/${room.id}/read`, { seq: 150 })
  await open(page, ann, 'rooms')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 30 })
  await page.getByRole('link', { name: /Harbour/ }).click()
  await expect(seqOf(page, 151)).toBeInViewport({ timeout: 90_000 })
  await expect(page.locator('.conversation .scroller.placed')).toBeVisible({ timeout: 60_000 })
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await expect(seqOf(page, 151)).toBeInViewport()
  await expect(page.getByRole('separator').filter({ hasText: 'New messages' })).toBeInViewport()
})

test.describe('By touch', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

  test('A finger scrolls back in a busy room, also a slow one', async ({ page, person }) => {
    const [ann, ben] = [await person('ann'), await person('ben')]
    const room = await ben.room('Harbour', { members: [ann.id] })
    await ben.sendMany(room, 80, words)
    await ann.ask('PUT', `rooms/${room.id}/read`, { seq: 80 })
    await open(page, ann, `rooms/${room.id}`)
    await expect(seqOf(page, 80)).toBeInViewport()
    let goes = true
    const coming = (async () => { for (let number = 81; goes; number++) await ben.send(room, words(number)) })()
    await expect.poll(() => toEnd(page)).toBeLessThan(2)
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 150, y: 300 }] })
    for (let y = 300; y <= 440; y += 5) {
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: 150, y }] })
      await page.evaluate(() => new Promise(requestAnimationFrame))
    }
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    const last = await inSight(page)
    await expect(newest(page)).toBeVisible()
    await expect(seqOf(page, last)).toBeInViewport()
    goes = false
    await coming
    await expect(seqOf(page, last)).toBeInViewport()
  })
})
