import { expect, open, test } from './kit/test'

test('What was written without a server is sent once, though its tab was closed', async ({ page, context, person, server }) => {
  const ann = await person()
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  const box = page.getByRole('main').getByRole('textbox').first()
  await expect(box).toBeEditable()
  await server.kill()
  await expect(page.getByRole('button', { name: 'Try now' }).first()).toBeVisible()
  for (const text of ['one', 'two', 'three']) {
    await box.fill(text)
    await page.keyboard.press('Enter')
  }
  await expect(page.getByText('three')).toBeVisible()
  await page.close()
  await server.start()
  const next = await context.newPage()
  await next.goto(`rooms/${room.id}`)
  await expect(next.getByText('three').first()).toBeVisible()
  const texts = async () => (await ann.history(room)).items.filter(one => one.kind === 'message').map(one => one.text)
  await expect.poll(texts).toEqual(['one', 'two', 'three'])
})

test('Signing out says which messages are lost, and the next person neither sees nor sends them', async ({ page, person, server }) => {
  const ann = await person(), ben = await person('ben')
  const room = await ann.room('Harbour', { visibility: 'public' })
  await ben.ask('POST', `rooms/${room.id}/join`, {})
  await open(page, ann, `rooms/${room.id}`)
  const box = page.getByRole('main').getByRole('textbox').first()
  await expect(box).toBeEditable()
  let away = true
  await page.routeWebSocket(/\/ws$/, socket => { if (away) void socket.close(); else socket.connectToServer() })
  await server.kill()
  await server.start()   // requests are answered, sockets are not
  await box.fill('only mine')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /profile, settings, sign out/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('dialog')).toContainText('One message was not sent yet')
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  away = false
  await open(page, ben, `rooms/${room.id}`)
  await expect(page.getByRole('main').getByRole('textbox').first()).toBeEditable()
  await ben.send(room, 'hello')
  await expect(page.getByText('hello').first()).toBeVisible()
  expect((await ann.history(room)).items.map(one => one.text)).not.toContain('only mine')
  await expect(page.getByText('only mine')).toHaveCount(0)
})
