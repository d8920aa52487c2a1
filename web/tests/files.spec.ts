import { drop, picture, sendFiles, text } from './kit/files'
import { composer, expect, hold, message, open, test, write, type Page } from './kit/test'

// Files, from where they are chosen, or recorded, to the message.

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
  permissions: ['microphone'],
})

const choose = (page: Page) => page.locator('.conversation input[data-attach]')
const tiles = (page: Page) => page.getByRole('list', { name: 'Attached files' }).getByRole('listitem')
const sent = (page: Page) => page.locator('.conversation [data-seq] .message-files')
const loaded = (page: Page) => page.locator('.conversation [data-seq] .picture.there')
const small = picture('boat.png', 400, 300)

test('Pictures that were chosen show at once, go with the text, and stand in an album', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await expect(composer(page)).toBeVisible()
  await choose(page).setInputFiles([small, picture('dock.png', 300, 500, 1), picture('crane.png', 500, 300, 2)])
  await expect(tiles(page)).toHaveCount(3)
  await expect(tiles(page).first().locator('img')).toBeVisible()
  await write(page, 'From the pier')
  await expect(tiles(page)).toHaveCount(0)
  await expect(loaded(page)).toHaveCount(3)
  await expect(page.getByRole('group', { name: '3 photos' })).toBeVisible()
  await expect(page.locator('.conversation [data-seq]').filter({ hasText: 'From the pier' }).locator('.picture')).toHaveCount(3)
  const { items } = await ann.history(room)
  expect(items.at(-1)!.files.map(file => file.name)).toEqual(['boat.png', 'dock.png', 'crane.png'])
})

test('A picture by itself needs no text, and shows in the list of rooms as a photo', async ({ page, person, elsewhere }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ann.room('Harbour')
  await ben.join(room)
  const other = await elsewhere(ben, 'rooms')
  await open(page, ann, `rooms/${room.id}`)
  await choose(page).setInputFiles(small)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(loaded(page)).toHaveCount(1)
  await expect(page.locator('.list a').filter({ hasText: 'Harbour' })).toContainText('You: Photo')
  await expect(other.locator('a').filter({ hasText: 'Harbour' }).first()).toContainText('Ann: Photo')
})

test('The text beside a file can be taken away again, and that of a message without files cannot', async ({ page, person, elsewhere }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ann.room('Harbour')
  await ben.join(room)
  await ann.send(room, 'plain')
  await sendFiles(ann, room, [small], 'The wrong words')
  const other = await elsewhere(ben, 'rooms')
  await open(page, ann, `rooms/${room.id}`)
  const save = page.getByRole('button', { name: 'Save', exact: true })
  const edit = async (text: string) => {
    const place = message(page, text)
    // the button is there under the pointer, and messages move as pictures come
    await expect(async () => {
      await place.hover()
      await place.getByRole('button', { name: 'More' }).click({ timeout: 1000 })
    }).toPass()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await expect(composer(page)).toHaveValue(text)
    await composer(page).fill('')
  }
  await expect(loaded(page)).toHaveCount(1)
  await edit('plain')
  await expect(save).toBeDisabled()
  await composer(page).press('Escape')
  await edit('The wrong words')
  await save.click()
  await expect(page.getByText('The wrong words')).toHaveCount(0)
  await expect(loaded(page)).toHaveCount(1)
  await expect(other.locator('a').filter({ hasText: 'Harbour' }).first()).toContainText('Ann: Photo')
  expect((await ann.history(room)).items.at(-1)).toMatchObject({ text: '', files: [{ name: 'boat.png' }] })
})

test('Files wait in a scheduled message, show in its list, and go with it', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  const go = await hold(page, '**/api/files', 1)
  await choose(page).setInputFiles([small, text('tides.txt', 'high water')])
  const later = page.getByRole('button', { name: 'Send later' })
  await expect(tiles(page)).toHaveCount(2)
  await expect(later).toBeDisabled()
  go()
  await later.click()
  await page.getByRole('menuitem', { name: 'Tomorrow' }).click()
  await expect(tiles(page)).toHaveCount(0)
  const waiting = await ann.ask<{ items: { text: string; files: { name: string }[] }[] }>('GET', 'me/scheduled')
  expect(waiting.items).toMatchObject([{ text: '', files: [{ name: 'boat.png' }, { name: 'tides.txt' }] }])

  // A reload shows them still: the server has them.
  await page.reload()
  await page.getByRole('button', { name: '1 message is scheduled' }).click()
  const list = page.getByRole('dialog', { name: 'Scheduled messages' })
  await expect(list.locator('.picture.there')).toHaveCount(1)
  await expect(list.getByText('tides.txt')).toBeVisible()
  await list.getByRole('button', { name: 'Edit the message' }).click()
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Before the storm')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(list.getByText('Before the storm')).toBeVisible()
  await list.getByRole('button', { name: 'Send now' }).click()
  await page.keyboard.press('Escape')
  const sentNow = page.locator('.conversation [data-seq]').filter({ hasText: 'Before the storm' })
  await expect(sentNow.getByText('tides.txt')).toBeVisible()
  expect((await ann.history(room)).items.at(-1)!.files.map(file => file.name)).toEqual(['boat.png', 'tides.txt'])
})

test('Files are pasted and dropped', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await composer(page).focus()
  await composer(page).evaluate((field, bytes) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }))
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, [...small.buffer])
  await expect(tiles(page)).toHaveCount(1)
  const room2 = page.locator('.conversation')
  await drop(page, room2, [text('notes.md', '# Notes')], { only: 'over' })
  await expect(page.getByText('Drop files to attach them')).toBeVisible()
  await drop(page, room2, [text('notes.md', '# Notes')])
  await expect(page.getByText('Drop files to attach them')).toHaveCount(0)
  await expect(tiles(page)).toHaveCount(2)
  await expect(tiles(page).nth(1)).toContainText('notes.md')
  await page.getByRole('button', { name: 'Remove notes.md' }).click()
  await expect(tiles(page)).toHaveCount(1)
})

test('More than ten are told of, and left out', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await choose(page).setInputFiles(Array.from({ length: 12 }, (_, at) => text(`${at}.txt`, `${at}`)))
  await expect(tiles(page)).toHaveCount(10)
  await expect(page.getByRole('alert').filter({ hasText: 'at most 10 files' })).toBeVisible()
})

test('A refused file says why, and can be taken out or tried again', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await choose(page).setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from([0x89, ...Buffer.from('PNG\r\n\x1a\nno picture')]) })
  await expect(page.getByRole('alert').filter({ hasText: 'no picture' })).toBeVisible()
  await composer(page).fill('with a picture?')
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled()
  await page.getByRole('button', { name: 'Remove broken.png' }).click()
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled()

  await page.route('**/api/files', route => route.fulfill({
    status: 507, contentType: 'application/problem+json', body: JSON.stringify({ type: 'storage-full', title: 'full', status: 507 }),
  }), { times: 1 })
  await choose(page).setInputFiles(small)
  await expect(page.getByRole('alert').filter({ hasText: /full|space|room/i })).toBeVisible()
  await page.getByRole('button', { name: 'Upload boat.png again' }).click()
  await expect(page.getByRole('group', { name: /boat.png.*Uploaded/ })).toBeVisible()
})

test('A message waits for its files, the next one is written meanwhile, and each arrives once', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  const go = await hold(page, '**/api/files', 1)
  await choose(page).setInputFiles(small)
  await write(page, 'the boat')
  await expect(page.locator('.pending').filter({ hasText: 'the boat' })).toBeVisible()
  await expect(composer(page)).toHaveValue('')
  await write(page, 'meanwhile')
  await expect(page.locator('.conversation [data-seq]').filter({ hasText: 'meanwhile' })).toBeVisible()
  go()
  await expect(page.locator('.conversation [data-seq]').filter({ hasText: 'the boat' }).locator('.picture.there')).toBeVisible()
  await expect(page.locator('.pending')).toHaveCount(0)
  const { items } = await ann.history(room)
  expect(items.filter(one => one.text === 'the boat')).toHaveLength(1)
})

test('An upload outlives the server: it goes on when that is back', async ({ page, person, server }) => {
  test.setTimeout(120_000)
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  // What the page loads for files is there: of a first visit nothing is kept in the browser yet.
  await choose(page).setInputFiles(text('other.txt', 'other'))
  await page.getByRole('button', { name: 'Remove other.txt' }).click()
  await choose(page).setInputFiles(small)
  await write(page, 'before')
  await expect(loaded(page)).toHaveCount(1)
  await server.kill()
  await choose(page).setInputFiles(text('log.txt', 'all that happened'))
  await write(page, 'the log')
  await expect(page.locator('.pending').filter({ hasText: 'the log' })).toBeVisible()
  await server.start()
  await expect(page.locator('.conversation [data-seq]').filter({ hasText: 'the log' }).getByText('log.txt')).toBeVisible({ timeout: 60_000 })
})

test('A large file goes in parts, and goes on where it was after the server died', async ({ page, person, server }) => {
  test.setTimeout(120_000)
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await choose(page).setInputFiles(small)
  await write(page, 'before')
  await expect(loaded(page)).toHaveCount(1)
  const content = Buffer.alloc(19_000_000, 'The harbour at night. ')
  const asked: string[] = []
  let killed = false
  await page.route(/api\/uploads\/\d+$/, async route => {
    const method = route.request().method()
    asked.push(method)
    if (method === 'PATCH' && asked.filter(one => one === 'PATCH').length === 3) {
      await server.kill()
      killed = true
    }
    await route.continue()
  })
  await choose(page).setInputFiles({ name: 'log of the night.txt', mimeType: 'text/plain', buffer: content })
  await write(page, 'the whole night')
  await expect.poll(() => killed, { timeout: 30_000 }).toBe(true)
  await server.start()
  await expect(page.locator('.conversation [data-seq]').filter({ hasText: 'the whole night' })).toBeVisible({ timeout: 60_000 })
  expect(asked).toContain('HEAD')
  const [file] = (await ann.history(room)).items.at(-1)!.files
  const answer = await fetch(`${ann.url}${file!.url.slice(1)}`, { headers: { Authorization: `Bearer ${ann.token}` } })
  expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
})

test('A file that is too large says how large it may be', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await choose(page).setInputFiles({ name: 'huge.iso', mimeType: 'application/octet-stream', buffer: Buffer.alloc(49_000_000) })
  await expect(tiles(page)).toContainText('Too large: files may have 20 MB', { timeout: 45_000 })
})

test('Large pictures are shrunk before they leave, unless the person does not want it', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  const large = picture('large.png', 3200, 1200)
  await choose(page).setInputFiles(large)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(loaded(page)).toHaveCount(1)
  const [file] = (await ann.history(room)).items.at(-1)!.files
  expect(file).toMatchObject({ width: 2560, height: 960, mediaType: 'image/webp', name: 'large.webp' })
  await page.goto('settings')
  await page.getByRole('switch', { name: 'Shrink pictures before sending' }).click()
  await page.goto(`rooms/${room.id}`)
  await choose(page).setInputFiles(large)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(loaded(page)).toHaveCount(2)
  expect((await ann.history(room)).items.at(-1)!.files[0]).toMatchObject({ width: 3200, mediaType: 'image/png' })
})

test('A voice message is recorded, sent and heard', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await page.getByRole('button', { name: 'Record a voice message' }).click()
  await expect(page.getByRole('timer')).toContainText('0:02', { timeout: 15_000 })
  await page.getByRole('button', { name: 'Send the voice message' }).click()
  const voice = page.locator('.conversation [data-seq]').getByRole('group', { name: 'Voice message' })
  await expect(voice).toBeVisible()
  const [file] = (await ann.history(room)).items.at(-1)!.files
  expect(file).toMatchObject({ kind: 'audio' })
  expect(file!.name).toMatch(/^Voice message \d{4}-\d\d-\d\d \d\d\.\d\d\.webm$/)
  expect(file!.duration).toBeGreaterThan(1.5)
  expect(file!.waveform!.length).toBeGreaterThan(20)
  await voice.getByRole('button', { name: 'Play' }).click()
  await expect(voice.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect(voice.getByRole('slider')).toHaveAttribute('aria-valuenow', /[1-9]/)
  await expect(voice.getByRole('button', { name: 'Play' })).toBeVisible({ timeout: 15_000 })
  await voice.getByRole('button', { name: /^Speed/ }).click()
  await expect(voice.getByRole('button', { name: 'Speed: 1.5×' })).toBeVisible()
})

test('A recording that is discarded leaves nothing', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Harbour')
  await open(page, ann, `rooms/${room.id}`)
  await page.getByRole('button', { name: 'Record a voice message' }).click()
  await expect(page.getByRole('timer')).toBeVisible()
  await page.getByRole('button', { name: 'Discard the recording' }).click()
  await expect(composer(page)).toBeVisible()
  await expect(sent(page)).toHaveCount(0)
})
