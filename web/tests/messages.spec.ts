import { Person } from './kit/people'
import { expect, open, test, type Page } from './kit/test'

// The list of messages: where it opens, that it never jumps, and what it does as messages come.

type Room = Awaited<ReturnType<Person['room']>>
const words = (number: number) => `message ${number} ${'word '.repeat(number * 7 % 40)}`
const seqOf = (page: Page, seq: number) => page.locator(`.conversation [data-seq="${seq}"]`)
const top = async (page: Page, seq: number) => Math.round((await seqOf(page, seq).boundingBox())!.y)
const toEnd = (page: Page) => page.locator('.conversation .scroller')
  .evaluate(one => Math.round(one.scrollHeight - one.scrollTop - one.clientHeight))
const newest = (page: Page) => page.getByRole('button', { name: /newest message/ })
const unread = async (person: Person, room: Room) => (await person.ask<{ unread: number }>('GET', `rooms/${room.id}/read`)).unread

/** A message that is on the screen, some way down. */
async function inSight(page: Page): Promise<number> {
  return await page.locator('.conversation .scroller').evaluate(scroller => {
    const edge = scroller.getBoundingClientRect().top + 60
    const found = [...scroller.querySelectorAll<HTMLElement>('[data-seq]')].find(one => one.getBoundingClientRect().top > edge)
    return Number(found!.dataset.seq)
  })
}

async function wheel(page: Page, by: number, times: number) {
  await page.locator('.conversation .scroller').hover()
  for (let time = 0; time < times; time++) {
    await page.mouse.wheel(0, by)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

test('A room opens at the first unread message, and what was on the screen is read', async ({ page, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await ben.sendMany(room, 20, words)
  const { seq } = await ben.send(room, 'The last one that was read')
  await ann.ask('PUT', `rooms/${room.id}/read`, { seq })
  await ben.sendMany(room, 120, words)
  await open(page, ann, `rooms/${room.id}`)
  await expect(page.getByRole('separator').filter({ hasText: 'New messages' })).toBeVisible()
  await expect(seqOf(page, seq + 1)).toBeInViewport()
  await expect(seqOf(page, seq + 120)).toHaveCount(0)
  await expect.poll(() => unread(ann, room)).toBeLessThan(120)
  await newest(page).click()
  await expect(seqOf(page, seq + 120)).toBeInViewport()
  await expect.poll(() => unread(ann, room)).toBe(0)
})

test('The whole history scrolls by without a jump', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.sendMany(room, 300, words)
  await open(page, ann, `rooms/${room.id}`)
  await expect(seqOf(page, 300)).toBeInViewport()
  await expect(page.locator('textarea')).toBeVisible()
  await expect.poll(() => toEnd(page)).toBeLessThan(2)
  // In each frame the messages on the screen move as the wheel says, or not at all: never the other way.
  await page.locator('.conversation .scroller').evaluate(scroller => {
    const jumps: number[] = []
    let before = new Map<string, number>()
    const look = () => {
      const { top, bottom } = scroller.getBoundingClientRect()
      const now = new Map<string, number>()
      for (const one of scroller.querySelectorAll<HTMLElement>('[data-seq]')) {
        const box = one.getBoundingClientRect()
        if (box.bottom > top && box.top < bottom) now.set(one.dataset.seq!, box.top)
      }
      const moved = [...now].flatMap(([seq, y]) => before.has(seq) ? y - before.get(seq)! : []).sort((a, b) => a - b)
      const middle = moved[moved.length >> 1] ?? 0
      if (middle < -2) jumps.push(middle)
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
  await expect(async () => {
    await wheel(page, -400, 20)
    await expect(page.getByText('This is where Harbour begins')).toBeInViewport({ timeout: 100 })
  }).toPass()
  expect(await page.evaluate(() => (window as unknown as { jumps: number[] }).jumps)).toEqual([])
})

test('Somebody who reads further up stays there as messages come and others change their height', async ({ page, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await ben.sendMany(room, 60, words)
  await open(page, ann, `rooms/${room.id}/60`)
  await expect(seqOf(page, 60)).toBeInViewport()
  await wheel(page, -250, 6)
  const probe = await inSight(page)
  const y = await top(page, probe)
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

test('A link leads to its message, and back to the newest', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.sendMany(room, 200, words)
  await open(page, ann, `rooms/${room.id}/40`)
  await expect(seqOf(page, 40)).toBeInViewport()
  await expect(page.locator('.highlighted')).toHaveAttribute('data-seq', '40')
  await newest(page).click()
  await expect(seqOf(page, 200)).toBeInViewport()
})

test('The keyboard moves among messages, replies and opens their menu', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await ann.sendMany(room, 30, words)
  await open(page, ann, `rooms/${room.id}`)
  const list = page.getByRole('region', { name: 'Messages in Harbour' })
  await expect(seqOf(page, 30)).toBeInViewport()
  await list.focus()
  await page.keyboard.press('ArrowUp')
  await expect(seqOf(page, 30)).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(seqOf(page, 29)).toBeFocused()
  await page.keyboard.press('Home')
  await expect(seqOf(page, 1)).toBeFocused()
  await page.keyboard.press('End')
  await expect(seqOf(page, 30)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menu')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(seqOf(page, 30)).toBeFocused()
  await page.keyboard.press('r')
  await expect(page.locator('textarea')).toBeFocused()
})

test('A thread stands beside the room, is live and closes by Escape', async ({ page, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  const root = await ben.send(room, 'Who brings the cake?')
  await ben.send(room, 'I do', { replyTo: root.seq })
  await open(page, ann, `rooms/${room.id}`)
  await page.getByRole('button', { name: '1 reply' }).click()
  const thread = page.getByRole('complementary', { name: 'Thread' })
  await expect(thread.getByText('I do')).toBeVisible()
  await ben.send(room, 'And candles', { replyTo: root.seq })
  await expect(thread.getByText('And candles')).toBeVisible()
  await expect(thread.getByText('2 replies')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(thread).toHaveCount(0)
})

test('Who is removed while they look is told so, and goes back to their chats', async ({ page, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await ben.send(room, 'You will go')
  await open(page, ann, `rooms/${room.id}`)
  await expect(page.getByText('You will go').last()).toBeVisible()
  await ben.ask('DELETE', `rooms/${room.id}/members/${ann.id}`)
  await expect(page.getByRole('alert').getByText('You are no member any more', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'To my chats' }).click()
  await expect(page).toHaveURL(/\/rooms$/)
})

test('An empty room says which one it is, and how to bring people in', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour', { description: 'Ships and tides' })
  await open(page, ann, `rooms/${room.id}`)
  await expect(page.getByRole('heading', { name: 'This is where Harbour begins' })).toBeVisible()
  await page.getByRole('button', { name: 'Invite people' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
})
