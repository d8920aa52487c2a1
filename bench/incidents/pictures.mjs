// Pictures of the administration and of Prometheus, in a browser that is open all the while as an operator's is.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { password, root } from './rig.mjs'

const { chromium } = createRequire(join(root, 'web/package.json'))('playwright')

/** Signs the operator in, and opens the administration. */
export const openBrowser = async rig => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  rig.atEnd(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1400, height: 1200 } })
  const page = await context.newPage()
  await page.goto(rig.nodes[0].url)
  await page.getByLabel('Handle or e-mail').fill('olga')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await page.locator('#own-menu').waitFor({ timeout: 60_000 })
  await page.goto(`${rig.nodes[0].url}/admin`)
  await page.locator('.chart canvas').first().waitFor({ timeout: 60_000 })
    .catch(async error => { throw new Error(await page.locator('body').innerText(), { cause: error }) })
  return { context, page }
}

/** A picture of the administration: of nodes with the charts of one, this or another, or of another tab. */
export const pictureAdmin = async ({ page }, path, { tab = 'Nodes', shows = 'this' }) => {
  await page.getByRole('tab', { name: tab }).click()
  const table = page.locator('.operations-table')
  await table.waitFor({ timeout: 60_000 })
  if (tab !== 'Nodes') return table.screenshot({ path, animations: 'disabled' })
  if (shows === 'other') {
    const node = await page.locator('tr[data-node]').filter({ hasNotText: 'answers this page' }).getAttribute('data-node')
    await page.locator('.measurements select').selectOption(node)
  }
  await pause(6000)       // the next point
  await page.mouse.move(0, 0)
  const { x, y, width } = await table.boundingBox()
  const charts = await page.locator('.measurements').boundingBox()
  const clip = { x: x - 8, y: y - 8, width: width + 16, height: charts.y + charts.height - y + 16 }
  return page.screenshot({ path, animations: 'disabled', clip })
}

/** A picture of a graph of Prometheus, of the last so many seconds. */
export const pictureGraph = async ({ context }, path, url, expression, seconds) => {
  const page = await context.newPage()
  await page.setViewportSize({ width: 1100, height: 900 })
  const graph = new URLSearchParams({ 'g0.expr': expression, 'g0.tab': '0', 'g0.range_input': `${seconds}s` })
  await page.goto(`${url}/graph?${graph}`)
  await pause(3000)
  await page.locator('textarea').evaluate(text => { text.style.height = `${text.scrollHeight + 2}px` })
  const { y: height } = await page.getByText('Add Graph').boundingBox()
  await page.screenshot({ path, animations: 'disabled', clip: { x: 0, y: 0, width: 1100, height } })
  await page.close()
}
