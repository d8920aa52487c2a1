import { AxeBuilder } from '@axe-core/playwright'
import { Server } from './kit/server'
import { expect, open, test, type Page } from './kit/test'
import { Person } from './kit/people'

// What admins of the server see and do; the pictures in screenshots/ are to be looked at.

test.setTimeout(120_000)

async function makeAdmin(server: Server, person: Person): Promise<void> {
  await server.run('user', person.handle, '--role', 'admin')
}

async function prefer(page: Page, theme: string, language: string): Promise<void> {
  await page.addInitScript(values => localStorage.setItem('maru.preferences', JSON.stringify(values)), { theme, language })
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `screenshots/admin-${name}.png`, animations: 'disabled' })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' | ')}`), name).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 'wider than the window').toBeLessThanOrEqual(0)
  expect(await page.evaluate(() => document.body.innerText.match(/\b(operations|shell|ui)\.[a-z][A-Za-z.-]+/g) ?? [])).toEqual([])
}

/** The numbers of a chart's legend. */
const now = (page: Page, chart: string) => page.locator('.chart', { hasText: chart }).locator('strong').allInnerTexts()

test('Who is no admin sees neither the page nor its place in the menu', async ({ page, person }) => {
  await open(page, await person('ben'), 'admin')
  await expect(page.getByText('This page is for admins of the server.')).toBeVisible()
  await expect(page.getByRole('tab')).toHaveCount(0)
  await page.locator('#own-menu').click()
  await expect(page.getByRole('menuitem', { name: 'About Maru' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Administration' })).toHaveCount(0)
})

for (const [theme, language, width, height] of [['light', 'en', 1440, 1000], ['dark', 'ko', 1440, 1000], ['dark', 'en', 390, 844]] as const) {
  const size = width > 400 ? 'desktop' : 'phone'
  test(`An admin sees the charts move: ${theme}, ${language}, ${size}`, async ({ page, server, person }) => {
    const ann = await person('ann', 'Ann Baker'), ben = await person('ben', 'Ben Okafor')
    await makeAdmin(server, ann)
    const room = await ann.room('Harbour crew')
    await ben.join(room)
    await page.setViewportSize({ width, height })
    await prefer(page, theme, language)
    await open(page, ann, 'rooms')
    await page.locator('#own-menu').click()
    await page.getByRole('menuitem', { name: language === 'ko' ? '서버 관리' : 'Administration' }).click()
    await expect(page.locator('.chart canvas').first()).toBeVisible({ timeout: 20_000 })
    const title = language === 'ko' ? '초당 메시지' : 'Messages a second'
    for (let round = 1; round <= 3; round++) {
      await ben.flood(room, 40 * round, number => `Round ${round}, message ${number}`)
      await expect.poll(async () => (await now(page, title))[0], { timeout: 20_000 }).toMatch(/[1-9]/)
      await expect.poll(async () => (await now(page, title))[0], { timeout: 30_000 }).not.toMatch(/[1-9]/)
    }
    const stored = page.locator('.chart', { hasText: language === 'ko' ? '저장될 때까지' : 'Until stored' })
    await stored.locator('summary').click()
    await expect(stored.locator('tbody tr').first()).toBeVisible()
    await stored.locator('summary').click()
    await picture(page, `nodes-${size}-${theme}-${language}`)
    await page.locator('.charts').evaluate(element => element.scrollIntoView())
    await picture(page, `charts-${size}-${theme}-${language}`)
    const tabs = page.getByRole('tab')
    for (const [at, name] of ['nodes', 'queries', 'errors', 'users', 'rooms', 'reports'].entries()) {
      if (at === 0) continue
      await tabs.nth(at).click()
      await expect(page.locator('.part .spinner')).toHaveCount(0)
      await expect(page.locator('.part').first()).not.toBeEmpty()
      await picture(page, `${name}-${size}-${theme}-${language}`)
    }
  })
}

test('An admin changes roles, ends sessions, and makes the log finer', async ({ page, elsewhere, server, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  await makeAdmin(server, ann)
  const other = await elsewhere(ben, 'rooms')
  await open(page, ann, 'admin')
  await page.getByRole('button', { name: /^Log of/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Log more for a while' })
  await dialog.getByLabel('Part of the server').fill('Microsoft')
  await dialog.getByRole('button', { name: 'Set' }).click()
  await expect(dialog.locator('.invalid')).toBeVisible()
  await dialog.getByLabel('Part of the server').fill('Maru.Server.Bus')
  await dialog.getByRole('button', { name: 'Set' }).click()
  await expect(page.getByText('Maru.Server.Bus: Debug until')).toBeVisible()

  await page.getByRole('tab', { name: 'Users' }).click()
  await page.getByLabel('Handle begins with').fill(ben.handle)
  const row = page.locator('[data-user]')
  await expect(row).toHaveCount(1)
  await row.getByRole('button', { name: /an admin$/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make admin' }).click()
  await expect(row).toContainText('Admin')
  await row.getByRole('button', { name: /out everywhere$/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
  await expect(other).toHaveURL(/sign-in/)
})

test('An admin drains the only node after a warning, and it says so', async ({ browser }) => {
  const server = await Server.start({ Maru__Engine__DrainDelay: '00:00:00' })
  const context = await browser.newContext({ baseURL: server.url })
  try {
    const ann = await Person.signUp(server.url, 'ann')
    await makeAdmin(server, ann)
    const page = await context.newPage()
    await open(page, ann, 'admin')
    await page.getByRole('button', { name: /^Drain / }).click()
    const dialog = page.getByRole('dialog', { name: 'Drain this node?' })
    await expect(dialog.getByText('It is the only node')).toBeVisible()
    await dialog.getByRole('button', { name: 'Drain' }).click()
    await expect(page.getByText('Drained: takes no new clients until its restart')).toBeVisible()
    expect((await fetch(`${server.url}health/ready`)).status).toBe(503)
  } finally {
    await context.close()
    await server.stop()
  }
})
