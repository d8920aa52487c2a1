import { AxeBuilder } from '@axe-core/playwright'
import { createServer, type Server as Site } from 'node:http'
import type { AddressInfo } from 'node:net'
import { picture } from './kit/files'
import { sizes } from './kit/screens'
import { Server } from './kit/server'
import { expect, message, open, test as base, write, type Page } from './kit/test'

// What links lead to: cards that the server made, of pages of a site on this machine. That no browser asks the site, the kit watches.

const html = (title: string, more = '') => `<html lang="en"><title>${title}</title>${more}</html>`
const sunset = picture('sunset.png', 900, 600)

/** A site with a page that has a picture, one that has none, and one in Korean. */
function answerOf(path: string): [type: string, body: string | Buffer] {
  const meta = (name: string, content: string) => `<meta property="og:${name}" content="${content}">`
  switch (path) {
    case '/tides': return ['text/html', html('Tides of the week', meta('site_name', 'Harbour News')
      + meta('description', 'High water on Friday, and what it means for the ferries that go to the islands in the morning.')
      + meta('image', '/sunset.png'))]
    case '/market': return ['text/html; charset=utf-8', html('이번 주 어시장 소식', meta('description', '새벽 경매는 다섯 시에 시작해요.'))]
    case '/sunset.png': return ['image/png', sunset.buffer]
    default: return ['text/html', html('A page without much')]
  }
}

const test = base.extend<object, { server: Server; site: string }>({
  site: [async ({}, use) => {
    const site: Site = createServer((request, response) => {
      const [type, body] = answerOf(request.url ?? '/')
      response.writeHead(200, { 'Content-Type': type }).end(body)
    }).listen(0, '127.0.0.1')
    await new Promise(done => site.once('listening', done))
    await use(`http://127.0.0.1:${(site.address() as AddressInfo).port}`)
    site.closeAllConnections()
    await new Promise(done => site.close(done))
  }, { scope: 'worker' }],
  server: [async ({}, use) => {
    // One worker: what comes behind a message is done behind it.
    const server = await Server.start({ Maru__LinkPreviews__AllowedNetworks: '127.0.0.1', Maru__LinkPreviews__Workers: '1' })
    await use(server)
    await server.stop()
  }, { scope: 'worker' }],
})

const card = (page: Page, title: string) => page.locator('.conversation').getByRole('link', { name: title })

async function openMenu(page: Page, text: string): Promise<void> {
  await message(page, text).hover()
  await message(page, text).getByRole('button', { name: 'More' }).click()
}

/** As a finger that rests on it does. */
async function press(page: Page, text: string): Promise<void> {
  const box = (await message(page, text).locator('.message-text').boundingBox())!
  const touch = await page.context().newCDPSession(page)
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: box.x + 10, y: box.y + 10 }] })
  await expect(page.getByRole('dialog')).toBeVisible()
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

/** Without the rule of landmarks: a menu lies above them. */
async function faultless(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).disableRules(['region']).analyze()
  expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' | ')}`)).toEqual([])
}

test('A link gets a card a moment later, for all who are there, which leads to the page', async ({ page, person, site, elsewhere }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ann.room('Harbour', { members: [ben.id] })
  await ann.sendMany(room, 30, number => `Before it ${number}`)
  await ben.ask('PUT', `rooms/${room.id}/read`, { seq: 40 })
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await expect(message(other, 'Before it 30')).toBeInViewport()
  await write(page, `See ${site}/tides`)
  for (const each of [page, other]) {
    await expect(card(each, 'Tides of the week')).toBeInViewport({ ratio: 1 })
    await expect(card(each, 'Tides of the week')).toContainText('Harbour News')
    await expect(card(each, 'Tides of the week')).toContainText('High water on Friday')
    const shown = card(each, 'Tides of the week').locator('img')
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(480)
  }
  await expect(card(page, 'Tides of the week')).toHaveAttribute('href', `${site}/tides`)
  await expect(card(page, 'Tides of the week')).toHaveAttribute('rel', /noopener noreferrer/)
  await page.reload()
  await expect(card(page, 'Tides of the week')).toBeVisible()
})

test('Its sender takes a preview away, for all', async ({ page, person, site, elsewhere }) => {
  const [ann, ben] = [await person('ann'), await person('ben')]
  const room = await ben.room('Harbour', { members: [ann.id] })
  await open(page, ann, `rooms/${room.id}`)
  const other = await elsewhere(ben, `rooms/${room.id}`)
  await write(page, `See ${site}/tides`)
  await expect(card(other, 'Tides of the week')).toBeVisible()
  await openMenu(page, '/tides')
  await page.getByRole('menuitem', { name: 'Remove the preview' }).click()
  await expect(page.getByText('Preview removed')).toBeVisible()
  for (const each of [page, other]) {
    await expect(card(each, 'Tides of the week')).toHaveCount(0)
    await expect(message(each, '/tides')).toBeVisible()
  }
  await openMenu(page, '/tides')
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Remove the preview' })).toHaveCount(0)
})

test('An admin takes away those of others, a member does not', async ({ page, person, site, elsewhere }) => {
  const [ann, ben, cho] = [await person('ann'), await person('ben'), await person('cho')]
  const room = await ann.room('Harbour', { members: [ben.id, cho.id] })
  await ben.send(room, `See ${site}/tides`)
  const other = await elsewhere(cho, `rooms/${room.id}`)
  await expect(card(other, 'Tides of the week')).toBeVisible()
  await openMenu(other, '/tides')
  await expect(other.getByRole('menuitem', { name: 'Reply', exact: true })).toBeVisible()
  await expect(other.getByRole('menuitem', { name: 'Remove the preview' })).toHaveCount(0)
  await open(page, ann, `rooms/${room.id}`)
  await openMenu(page, '/tides')
  await page.getByRole('menuitem', { name: 'Remove the preview' }).click()
  await expect(card(page, 'Tides of the week')).toHaveCount(0)
  await expect(card(other, 'Tides of the week')).toHaveCount(0)
})

test('A room without previews says so, and its new messages get none', async ({ page, person, site }) => {
  const ann = await person('ann')
  const [room, other] = [await ann.room('Harbour'), await ann.room('Market')]
  await open(page, ann, `rooms/${room.id}/settings`)
  const setting = page.getByRole('switch', { name: 'Link previews' })
  await expect(setting).toBeChecked()
  await setting.click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved')).toBeVisible()
  await page.goto(`rooms/${room.id}/settings`)
  await expect(setting).not.toBeChecked()
  await page.goto(`rooms/${room.id}/info`)
  await expect(page.getByText('No link previews')).toBeVisible()

  await page.goto(`rooms/${room.id}`)
  await write(page, `See ${site}/quiet`)
  await expect(message(page, '/quiet')).toBeVisible()
  const last = await ann.send(other, `See ${site}/market`)
  await expect.poll(async () => (await ann.history(other)).items.find(one => one.seq === last.seq)?.previews?.length).toBe(1)
  await expect(card(page, 'A page without much')).toHaveCount(0)

  await ann.ask('PATCH', `rooms/${room.id}`, { linkPreviews: true })
  await write(page, `Now see ${site}/loud`)
  await expect(card(page, 'A page without much')).toBeVisible()
})

for (const [size, theme, language] of [['desktop', 'light', 'en'], ['phone', 'dark', 'ko']] as const) {
  test.describe(`${size}, ${theme}, ${language}`, () => {
    const phone = size === 'phone'
    test.use({ hasTouch: phone, isMobile: phone, viewport: sizes[size], locale: language === 'ko' ? 'ko-KR' : 'en-US' })

    test('Cards, their menu and the setting are faultless and fit', async ({ page, person, site }) => {
      const [ann, ben] = [await person('ann'), await person('ben')]
      const room = await ann.room(language === 'ko' ? '부두' : 'Harbour', { members: [ben.id] })
      await ben.send(room, `${site}/tides`)
      await ben.send(room, language === 'ko' ? `어시장도요 ${site}/market ${site}/bare` : `And the market: ${site}/market and ${site}/bare`)
      await ann.send(room, `Look: ${site}/tides#friday`)
      await page.addInitScript(values => localStorage.setItem('maru.preferences', JSON.stringify(values)), { theme, language })
      await open(page, ann, `rooms/${room.id}`)
      await expect(card(page, 'Tides of the week')).toHaveCount(2)
      await expect(card(page, '이번 주 어시장 소식')).toBeVisible()
      const shown = card(page, 'Tides of the week').locator('img').last()
      await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(480)
      await look(page, 'previews')

      if (phone) await press(page, '#friday')
      else await openMenu(page, '#friday')
      const remove = language === 'ko' ? '미리보기 지우기' : 'Remove the preview'
      await expect(page.getByRole(phone ? 'button' : 'menuitem', { name: remove })).toBeVisible()
      await look(page, 'preview-menu')

      await page.goto(`rooms/${room.id}/settings`)
      const setting = page.getByRole('switch', { name: language === 'ko' ? '링크 미리보기' : 'Link previews' })
      await setting.scrollIntoViewIfNeeded()
      await expect(setting).toBeChecked()
      await look(page, 'preview-setting')
    })

    async function look(page: Page, name: string): Promise<void> {
      await page.evaluate(() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => undefined))))
      await page.screenshot({ path: `screenshots/${name}-${size}-${theme}-${language}.png`, animations: 'disabled' })
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      await faultless(page)
    }
  })
}
