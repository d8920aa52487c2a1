import { composer, expect, open, test, write, type Page } from './kit/test'
import type { Person } from './kit/people'

// What a server that dies and comes back leaves in the room: every message once, in the order in which it was written.

const names = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}.`)
const texts = async (person: Person, room: Awaited<ReturnType<Person['room']>>) =>
  (await person.history(room, 'limit=100')).items.filter(one => one.kind === 'message').map(one => one.text)
const bubbles = (page: Page) => page.locator('.conversation article .bubble')
/** What is far above the screen is not in the page. */
const allFits = (...pages: Page[]) => Promise.all(pages.map(page => page.setViewportSize({ width: 1280, height: 1600 })))
/** Who was without a line for long waits up to half a minute for the next try: those whose network is back do not. */
const wake = (...pages: Page[]) => Promise.all(pages.map(page => page.evaluate(() => dispatchEvent(new Event('online')))))
const banner = (page: Page) => page.getByRole('button', { name: 'Try now' })

test('Messages written while the server dies and comes back arrive once and in order', async ({ page, elsewhere, person, server }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ann.room('Pier', { members: [ben.id] })
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await allFits(page, other)
  for (const one of [page, other]) await expect(composer(one)).toBeEditable()
  const lines = names(24)
  let dead: Promise<void> | undefined
  for (const [at, text] of lines.entries()) {
    await write(page, text)
    if (at === 6) dead = server.kill()   // amid what is being sent, and nobody waits for it
  }
  await dead
  await expect(banner(page)).toBeVisible()
  await expect(bubbles(page).last()).toHaveText(lines.at(-1)!)
  await server.start()
  await expect.poll(async () => {
    await wake(page, other)
    return texts(ann, room)
  }, { timeout: 20_000 }).toEqual(lines)
  for (const one of [page, other]) {
    await expect(banner(one)).toHaveCount(0)
    await expect(bubbles(one)).toHaveText(lines)
  }
  await expect(page.locator('.conversation .pending')).toHaveCount(0)
})

test('Two who write while the server dies three times lose nothing and see the same', async ({ page, elsewhere, person, server }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ann.room('Pier', { members: [ben.id] })
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await allFits(page, other)
  for (const one of [page, other]) await expect(composer(one)).toBeEditable()
  const mine = names(9).map(text => `ann ${text}`), theirs = names(9).map(text => `ben ${text}`)
  for (let round = 0; round < 3; round++) {
    const dying = server.kill()
    for (let at = round * 3; at < round * 3 + 3; at++) {
      await write(page, mine[at]!)
      await write(other, theirs[at]!)
    }
    await dying
    await server.start()
  }
  await expect.poll(async () => {
    await wake(page, other)
    return (await texts(ann, room)).length
  }, { timeout: 20_000 }).toBe(18)
  const all = await texts(ann, room)
  expect(all.filter(text => text.startsWith('ann'))).toEqual(mine)
  expect(all.filter(text => text.startsWith('ben'))).toEqual(theirs)
  for (const one of [page, other]) await expect(bubbles(one)).toHaveText(all, { timeout: 15_000 })
})

test('What others said while one was away is there when the line is, without a reload', async ({ page, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ann.room('Pier', { members: [ben.id] })
  const first = await ben.send(room, 'before')
  let away = false
  let cut = () => {}
  await page.routeWebSocket(/\/ws$/, socket => {
    if (away) return void socket.close()
    socket.connectToServer()
    cut = () => { void socket.close() }
  })
  await open(page, ann, `rooms/${room.id}`)
  await expect(bubbles(page)).toHaveText(['before'])
  await page.evaluate(() => Object.assign(window, { same: true }))
  away = true
  cut()
  await expect(banner(page)).toBeVisible({ timeout: 15_000 })
  await ben.send(room, 'meanwhile')
  await ben.ask('PATCH', `rooms/${room.id}/messages/${first.seq}`, { text: 'before, edited' })
  await expect(bubbles(page)).toHaveText(['before'])
  away = false
  await banner(page).click()
  await expect(bubbles(page)).toHaveText(['before, edited', 'meanwhile'])
  await expect(banner(page)).toHaveCount(0)
  expect(await page.evaluate(() => 'same' in window)).toBe(true)
})
