import { Person } from './kit/people'
import { expect, open, test, type Page } from './kit/test'

// The list of messages: where it opens, where it leads to, and its keys.

type Room = Awaited<ReturnType<Person['room']>>
const words = (number: number) => `message ${number} ${'word '.repeat(number * 7 % 40)}`
const seqOf = (page: Page, seq: number) => page.locator(`.conversation [data-seq="${seq}"]`)
const newest = (page: Page) => page.getByRole('button', { name: /newest message/ })
const unread = async (person: Person, room: Room) => (await person.ask<{ unread: number }>('GET', `rooms/${room.id}/read`)).unread

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
