import type { Locator } from '@playwright/test'
import { composer, expect, message, open, test, write, type Page } from './kit/test'
import type { Person } from './kit/people'

// What one does to a message in a browser, as another browser sees it, without a reload.

type Room = Awaited<ReturnType<Person['room']>>
type Elsewhere = (person?: Person, path?: string) => Promise<Page>

async function choose(page: Page, text: string, entry: string): Promise<void> {
  await message(page, text).locator('.bubble').click({ button: 'right' })
  await page.getByRole('menuitem', { name: entry, exact: true }).click()
}

async function two(page: Page, elsewhere: Elsewhere, ann: Person, ben: Person): Promise<[Room, Page]> {
  const room = await ann.room('Pier', { members: [ben.id] })
  await ann.send(room, 'The Aurora comes at noon')
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  for (const one of [page, other]) {
    await expect(message(one, 'The Aurora')).toBeVisible()
    await expect(composer(one)).toBeEditable()
  }
  return [room, other]
}

const row = (page: Page, room: Room): Locator => page.locator(`a[data-room="${room.id}"]`)

test('A reply names what it answers, in both browsers', async ({ page, elsewhere, person }) => {
  const [, other] = await two(page, elsewhere, await person('ann'), await person('ben'))
  await choose(other, 'The Aurora', 'Reply')
  await expect(other.getByText('Reply to Ann')).toBeVisible()
  await expect(composer(other)).toBeFocused()
  await write(other, 'Good, berth 4 is free')
  for (const one of [page, other])
    await expect(message(one, 'berth 4').locator('.bubble')).toContainText(/Ann.*The Aurora comes at noon.*Good/s)
  await expect(other.getByText('Reply to Ann')).toHaveCount(0)
})

test('An edit is seen by the other, and marked', async ({ page, elsewhere, person }) => {
  const [, other] = await two(page, elsewhere, await person('ann'), await person('ben'))
  await choose(page, 'The Aurora', 'Edit')
  await expect(composer(page)).toHaveValue('The Aurora comes at noon')
  await write(page, 'The Aurora comes at one')
  for (const one of [page, other]) {
    await expect(message(one, 'comes at one')).toContainText('edited')
    await expect(message(one, 'comes at noon')).toHaveCount(0)
  }
  await expect(composer(page)).toHaveValue('')
})

test('Arrow up in an empty field edits one’s last message, and Escape leaves it as it was', async ({ page, elsewhere, person }) => {
  const [, other] = await two(page, elsewhere, await person('ann'), await person('ben'))
  await composer(page).press('ArrowUp')
  await expect(page.getByText('Editing your message')).toBeVisible()
  await composer(page).fill('Something else')
  await composer(page).press('Escape')
  await expect(composer(page)).toHaveValue('')
  await write(page, 'And now')
  await expect(message(other, 'And now')).toBeVisible()
  await expect(message(other, 'The Aurora comes at noon')).toBeVisible()
})

test('A deletion that is taken back never happens', async ({ page, elsewhere, person }) => {
  const ann = await person('ann')
  const [room, other] = await two(page, elsewhere, ann, await person('ben'))
  await choose(page, 'The Aurora', 'Delete')
  await expect(page.getByText('This message was deleted')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(message(page, 'The Aurora')).toBeVisible()
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])   // a deletion that still waited would go out now
  await ann.send(room, 'Later')
  await expect(message(other, 'Later')).toBeVisible()
  await expect(message(other, 'The Aurora')).toBeVisible()
})

test('A deletion leaves a trace without its text, in both browsers', async ({ page, elsewhere, person }) => {
  const ann = await person('ann')
  const [room, other] = await two(page, elsewhere, ann, await person('ben'))
  await choose(page, 'The Aurora', 'Delete')
  await expect(other.getByText('This message was deleted')).toBeVisible({ timeout: 15_000 })   // after the time for taking it back
  for (const one of [page, other]) await expect(message(one, 'The Aurora')).toHaveCount(0)
  expect((await ann.history(room)).items.map(one => one.text).join()).not.toContain('Aurora')
})

test('Reactions count up and down live, and one’s own is marked', async ({ page, elsewhere, person }) => {
  const [, other] = await two(page, elsewhere, await person('ann'), await person('ben'))
  await message(page, 'The Aurora').hover()
  await message(page, 'The Aurora').getByRole('button', { name: 'React with 👍' }).click()
  const chip = (one: Page, count: string) => one.getByRole('button', { name: `👍, ${count}` })
  await expect(chip(other, '1 person')).toHaveAttribute('aria-pressed', 'false')
  await chip(other, '1 person').click()
  for (const one of [page, other]) await expect(chip(one, '2 people')).toHaveAttribute('aria-pressed', 'true')
  await chip(page, '2 people').click()
  await expect(chip(page, '1 person')).toHaveAttribute('aria-pressed', 'false')
  await expect(chip(other, '1 person')).toHaveAttribute('aria-pressed', 'true')
  await chip(other, '1 person').click()
  for (const one of [page, other]) await expect(one.getByRole('group', { name: 'Reactions' })).toHaveCount(0)
})

test('A pin stands above the room for everybody, until it is taken off', async ({ page, elsewhere, person }) => {
  const [, other] = await two(page, elsewhere, await person('ann'), await person('ben'))
  const bar = (one: Page) => one.getByRole('button', { name: /^Pinned message / })
  await choose(page, 'The Aurora', 'Pin')
  for (const one of [page, other]) await expect(bar(one)).toContainText('The Aurora comes at noon')
  await choose(page, 'The Aurora', 'Unpin')
  for (const one of [page, other]) await expect(bar(one)).toHaveCount(0)
})

test('A message forwarded to a talk comes to its other end, and says whose it was', async ({ page, elsewhere, person }) => {
  const [ann, ben, cho] = [await person('ann'), await person('ben'), await person('cho')]
  const direct = await ann.direct(cho)
  await ann.send(direct, 'Look at this')
  const third = await elsewhere(cho, `rooms/${direct.id}`)
  await expect(message(third, 'Look at this')).toBeVisible()
  await two(page, elsewhere, ann, ben)
  await choose(page, 'The Aurora', 'Forward')
  const dialog = page.getByRole('dialog', { name: 'Forward' })
  await dialog.getByLabel('Search for a room').fill('cho')
  await dialog.getByRole('button', { name: 'Cho' }).click()
  await expect(message(third, 'The Aurora')).toContainText('Forwarded from Ann')
  await page.getByRole('button', { name: 'Open' }).click()
  await expect(page).toHaveURL(`rooms/${direct.id}`)
  await expect(message(page, 'The Aurora')).toBeVisible()
})

test('A mention is offered while one writes, and is told to whom it names', async ({ page, elsewhere, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const [room] = await two(page, elsewhere, ann, ben)
  const far = await elsewhere(ben, 'discover')
  await expect(row(far, room)).toBeVisible()
  await composer(page).pressSequentially(`Ask @${ben.handle.slice(0, 4)}`)
  await expect(page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(composer(page)).toHaveValue(`Ask @${ben.handle} `)
  await page.keyboard.press('Enter')
  await expect(message(page, 'Ask @')).toBeVisible()
  await far.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: /Activity/ }).click()
  await expect(far.getByRole('main').getByText(/Ask @/)).toBeVisible()
})

test('What is unread counts up in all of one’s tabs, and is gone in all when it is read in one', async ({ page, context, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ben.room('Pier', { members: [ann.id] })
  await open(page, ann, 'discover')
  const second = await context.newPage()
  await second.goto('discover')
  for (const one of [page, second]) await expect(row(one, room)).toBeVisible()
  await ben.send(room, 'one')
  await ben.send(room, 'two')
  for (const one of [page, second]) await expect(row(one, room)).toContainText('2 unread')
  await page.bringToFront()
  await row(page, room).click()
  await expect(message(page, 'two')).toBeVisible()
  for (const one of [page, second]) await expect(row(one, room)).not.toContainText('unread')
})

test('How many have not read a message goes down as they look at it', async ({ page, elsewhere, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ann.room('Pier', { members: [ben.id] })
  await open(page, ann, `rooms/${room.id}`)
  await write(page, 'Who reads this?')
  await expect(message(page, 'Who reads this?').getByText('1 not read')).toBeVisible()
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await expect(message(other, 'Who reads this?')).toBeVisible()
  await expect(message(page, 'Who reads this?').getByText('not read')).toHaveCount(0)
})
