import { picture, text } from './kit/files'
import { Server } from './kit/server'
import { expect, open, test as base, write, type Page } from './kit/test'

// A server that takes little, which the client knows before it sends.

const test = base.extend<object, { server: Server }>({
  server: [async ({}, use) => {
    const server = await Server.start({ Maru__Files__DocumentBytes: '1000', Maru__Files__ImageBytes: '40000' })
    await use(server)
    await server.stop()
  }, { scope: 'worker' }],
})

const choose = (page: Page) => page.locator('.conversation input[data-attach]')
const tiles = (page: Page) => page.getByRole('list', { name: 'Attached files' }).getByRole('listitem')

test('What is larger than the server takes is not sent, and pictures are judged as they are when they are shrunk', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  const sent: string[] = []
  page.on('request', request => { if (/api\/(files|uploads)$/.test(request.url())) sent.push(request.url()) })
  await open(page, ann, `rooms/${room.id}`)
  const large = picture('large.png', 2600, 1600)
  expect(large.buffer.length).toBeGreaterThan(40_000)
  await choose(page).setInputFiles([text('log.txt', 'x'.repeat(1001)), large])
  await expect(tiles(page).nth(0)).toContainText('Too large: files may have 1 KB')
  await expect(page.getByRole('group', { name: /large.png.*Uploaded/ })).toBeVisible()
  expect(sent).toHaveLength(1)
  await page.getByRole('button', { name: 'Remove log.txt' }).click()
  await write(page, 'the sea')
  await expect(page.locator('.conversation [data-seq] .picture.there')).toHaveCount(1)
  expect(sent).toHaveLength(1)
})
