import { composer, expect, message, open, test, write, type Page } from './kit/test'
import { Person } from './kit/people'

async function fillIn(page: Page, name: string, handle: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Handle').fill(handle)
  await page.getByLabel('Password', { exact: true }).fill(Person.password)
  await page.getByRole('button', { name: 'Create an account' }).click()
}

test('Somebody new signs up, finds a room, joins it and says a first word', async ({ page, person }) => {
  const ben = await person('ben')
  const room = await ben.room('Lighthouse keepers')
  await ben.send(room, 'Welcome aboard')
  await page.goto('sign-up')
  await fillIn(page, 'Nora Quist', `nora${room.id}-${process.pid}`)
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Discover' }).click()
  await page.getByLabel('Search public rooms').fill('lighthouse')
  await page.getByRole('article', { name: 'Lighthouse keepers' }).getByRole('button', { name: 'Join' }).click()
  await expect(page).toHaveURL(`rooms/${room.id}`)
  await expect(message(page, 'Welcome aboard')).toBeVisible()
  await write(page, 'Hello everybody')
  await expect(message(page, 'Hello everybody')).toBeVisible()
  await expect(composer(page)).toHaveValue('')
  const said = async () => (await ben.history(room)).items.filter(one => one.kind === 'message')
    .map(one => `${one.sender.name}: ${one.text}`)
  await expect.poll(said).toEqual(['Ben: Welcome aboard', 'Nora Quist: Hello everybody'])
})

test('Two people talk, each in a browser of their own, and both see the same order', async ({ page, elsewhere, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ann.room('Pier', { members: [ben.id] })
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await expect(composer(other)).toBeEditable()
  const said = ['How is the tide?', 'Coming in', 'And the Aurora?', 'At berth 4']
  for (const [at, text] of said.entries()) {
    const [from, to] = at % 2 === 0 ? [page, other] : [other, page]
    await write(from, text)
    await expect(message(to, text)).toBeVisible()
  }
  for (const one of [page, other]) await expect(one.locator('.conversation article .bubble')).toHaveText(said)
  await expect(other.locator('.conversation article.mine')).toHaveText([/Coming in/, /At berth 4/])
})

test('Who writes is seen writing by the other', async ({ page, elsewhere, person }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ann.room('Pier', { members: [ben.id] })
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await expect(composer(page)).toBeEditable()
  await composer(other).pressSequentially('Well')
  await expect(page.getByText(/Ben is typing/).first()).toBeVisible()
  await other.keyboard.press('Enter')
  await expect(message(page, 'Well')).toBeVisible()
  await expect(page.getByText(/Ben is typing/)).toHaveCount(0)
})

test('A link of invitation leads who has no account through the sign-up into the private room', async ({ page, elsewhere, person }) => {
  const ann = await person('ann')
  const room = await ann.room('The back room', { visibility: 'private', description: 'By invitation only' })
  await ann.send(room, 'Only for us')
  const { code } = await ann.ask<{ code: string }>('POST', `rooms/${room.id}/invitations`, { expiresIn: 86_400, maxUses: 10 })
  await open(page, ann, `rooms/${room.id}`)
  const guest = await elsewhere(undefined, `#/invite/${code}`)
  await expect(guest.getByRole('heading', { name: 'The back room' })).toBeVisible()
  await expect(guest.getByText('Only for us')).toHaveCount(0)
  await expect(guest.getByRole('button', { name: 'Join as a guest' })).toHaveCount(0)     // the server takes none
  await guest.getByRole('button', { name: 'Create an account to join' }).click()
  await fillIn(guest, 'Iris Vale', `iris${room.id}-${process.pid}`)
  await expect(guest).toHaveURL(`rooms/${room.id}`)                                        // they said that they join: not asked again
  await expect(message(guest, 'Only for us')).toBeVisible()
  await expect(page.getByText(/Iris Vale.? joined/).first()).toBeVisible()
})

test('A link that is used up says so, and lets nobody in', async ({ elsewhere, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ann.room('The back room', { visibility: 'private' })
  const { code } = await ann.ask<{ code: string }>('POST', `rooms/${room.id}/invitations`, { expiresIn: 86_400, maxUses: 1 })
  await ben.ask('POST', `invitations/${code}/accept`)
  const guest = await elsewhere(undefined, `#/invite/${code}`)
  await expect(guest.getByRole('heading', { name: 'This invitation is over' })).toBeVisible()
  await expect(guest.getByText('The back room')).toHaveCount(0)
})
