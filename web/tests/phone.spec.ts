import { composer, expect, message, open, test, type Page } from './kit/test'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

const list = (page: Page) => page.getByRole('link', { name: /Pier/ })

test('One pane at a time: from the chats into a room and back, by touch and by the browser', async ({ page, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ben.room('Pier', { members: [ann.id] })
  await ben.send(room, 'Hello from the pier')
  await open(page, ann, 'rooms')
  await list(page).tap()
  await expect(page).toHaveURL(`rooms/${room.id}`)
  await expect(message(page, 'Hello from the pier')).toBeVisible()
  await expect(list(page)).toBeHidden()
  await page.getByRole('button', { name: 'Back to the chats' }).tap()
  await expect(list(page)).toBeVisible()
  await expect(composer(page)).toBeHidden()
  await list(page).tap()
  await expect(composer(page)).toBeVisible()
  await page.goBack()
  await expect(list(page)).toBeVisible()
  await expect(composer(page)).toBeHidden()
})

test('The button sends, and the keyboard stays', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Pier')
  await open(page, ann, `rooms/${room.id}`)
  await composer(page).tap()
  await composer(page).fill('by thumb')
  await page.getByRole('button', { name: 'Send', exact: true }).tap()
  await expect(message(page, 'by thumb')).toBeVisible()
  await expect(composer(page)).toHaveValue('')
  await expect(composer(page)).toBeFocused()
})

test('A finger that rests on a message opens what can be done with it', async ({ page, elsewhere, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ben.room('Pier', { members: [ann.id] })
  await ben.send(room, 'Press me')
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await open(page, ann, `rooms/${room.id}`)
  const box = (await message(page, 'Press me').locator('.bubble').boundingBox())!
  const touch = await page.context().newCDPSession(page)
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] })
  const sheet = page.getByRole('dialog')
  await expect(sheet).toBeVisible()
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect(sheet.getByRole('button', { name: 'Reply', exact: true })).toBeVisible()
  await expect(async () => {   // a click that belongs to the finger that went up is none
    await sheet.getByRole('button', { name: 'React with 👍' }).tap()
    await expect(sheet).toHaveCount(0, { timeout: 500 })
  }).toPass()
  for (const one of [page, other]) await expect(one.getByRole('button', { name: '👍, 1 person' })).toBeVisible()
})

test('A pane beside the room covers it, and goes back to it', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Pier')
  await open(page, ann, `rooms/${room.id}`)
  await expect(composer(page)).toBeVisible()
  await page.getByRole('button', { name: /^Pier, / }).tap()
  await expect(page).toHaveURL(`rooms/${room.id}/info`)
  await expect(page.getByRole('complementary', { name: 'About this room' })).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(`rooms/${room.id}`)
  await expect(page.getByRole('complementary', { name: 'About this room' })).toHaveCount(0)
  await expect(composer(page)).toBeVisible()
})
