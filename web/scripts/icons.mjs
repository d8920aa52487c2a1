// Draws the icons for home screens from public/maru.svg, by Chromium: node scripts/icons.mjs. What it makes is committed.
import { chromium } from '@playwright/test'
import { readFile } from 'node:fs/promises'

const mark = await readFile('public/maru.svg', 'utf8')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
for (const size of [192, 512]) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body { margin: 0 } svg { display: block; inline-size: 100vw; block-size: 100vh }</style>${mark}`)
  await page.screenshot({ path: `public/icon-${size}.png`, omitBackground: true })
  // Systems cut these into a shape of theirs: the mark keeps to the middle, its colour goes to the edge.
  await page.setContent(`<style>
    body { margin: 0; background: #d9772b }
    svg { display: block; margin: 12vh 12vw; inline-size: 76vw; block-size: 76vh }
  </style>${mark}`)
  await page.screenshot({ path: `public/icon-maskable-${size}.png` })
}
await browser.close()
