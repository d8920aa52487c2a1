import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, open, test } from './kit/test'

let webroot: string

test.beforeEach(async ({ server }) => {
  webroot = await mkdtemp(join(tmpdir(), 'maru-webroot-'))
  await cp(join(import.meta.dirname, '../dist'), webroot, { recursive: true })
  server.settings.ASPNETCORE_WEBROOT = webroot
  await server.kill()
  await server.start()
})

test.afterEach(async ({ server }) => {
  delete server.settings.ASPNETCORE_WEBROOT
  await server.kill()
  await rm(webroot, { recursive: true })
  await server.start()
})

async function change(file: string, from: string | RegExp, to: string): Promise<void> {
  for (const packed of ['.br', '.gz']) await rm(join(webroot, file + packed), { force: true })
  await writeFile(join(webroot, file), (await readFile(join(webroot, file), 'utf8')).replace(from, to))
}

test('A new version is offered to a page that is open, and there at the next visit', async ({ page, person, server }) => {
  const ann = await person()
  const description = page.locator('meta[name=description]')
  await open(page, ann)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await change('index.html', 'Talk with your team.', 'The next one.')
  await change('sw.js', /const version = '/, '$&next-')
  await server.kill()
  await server.start()
  await page.goto('contacts')
  await expect(description).toHaveAttribute('content', 'Talk with your team.')      // at once, from what is kept
  await expect(page.getByText('There is a new version of Maru')).toBeVisible({ timeout: 15_000 })
  await page.goto('settings')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  await expect(description).toHaveAttribute('content', 'The next one.')
})

test('A new version is taken when the person says so', async ({ page, person, server }) => {
  const ann = await person()
  await open(page, ann, 'contacts')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await change('index.html', 'Talk with your team.', 'The next one.')
  await change('sw.js', /const version = '/, '$&next-')
  await server.kill()
  await server.start()
  await page.reload()
  await page.getByRole('button', { name: 'Reload' }).click({ timeout: 15_000 })
  await expect(page.locator('meta[name=description]')).toHaveAttribute('content', 'The next one.')
  await expect(page.getByRole('heading', { name: 'People' })).toBeVisible()
})

test('What the server allows the page reaches pages that are kept', async ({ page, person, server }) => {
  const ann = await person()
  const policy = async () => (await page.goto('contacts'))!.headers()['content-security-policy']
  await open(page, ann, 'contacts')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  server.settings.Maru__Http__ImageOrigins = 'https://pictures.example'
  try {
    await server.kill()
    await server.start()
    await expect.poll(policy, { timeout: 20_000, intervals: [4000] }).toContain('https://pictures.example')
  } finally {
    delete server.settings.Maru__Http__ImageOrigins
  }
})
