import { composer, expect, message, open, test, write, type Page } from './kit/test'

// What people write is text. The kit fails a test whose pages break their Content-Security-Policy or ask another host for anything.

const html = [
  '<script>window.ran = 1</script>', '<img src=x onerror="window.ran = 1">', '<svg onload="window.ran = 1">',
  '<iframe srcdoc="<script>parent.ran = 1</script>"></iframe>', '<b style="position:fixed;inset:0">over all</b>',
]
const links = '[click](javascript:window.ran=1) [data](data:text/html,<script>window.ran=1</script>) ![picture](https://elsewhere.invalid/x.png)'
const zalgo = 'Z' + '\u0321\u0322\u0323\u0489\u0300\u0301\u0302'.repeat(20) + 'algo'
const bidi = '\u202Egnp.exe \u2066left\u2069 \u200Fright'

/** Nothing ran, and nothing is wider than the window. */
async function unharmed(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  const wide = () => page.evaluate(() => {
    const parts = '.conversation, .conversation .scroller, main, .bubble'
    const areas = [document.documentElement, document.body, ...document.querySelectorAll(parts)]
    const bubbles = [...document.querySelectorAll('.conversation .bubble')].map(one => one.getBoundingClientRect())
    return [
      ...areas.filter(one => one.scrollWidth > one.clientWidth + 1)
        .map(one => `${one.className || one.tagName}: ${one.scrollWidth} > ${one.clientWidth}`),
      ...bubbles.filter(one => one.left < 0 || one.right > innerWidth).map(one => `bubble: ${one.left} to ${one.right}`),
    ]
  })
  await expect.poll(wide).toEqual([])
}

for (const [device, viewport] of [['a desktop', { width: 1280, height: 720 }], ['a phone', { width: 390, height: 844 }]] as const) {
  test.describe(`On ${device}`, () => {
    test.use({ viewport })

    test('Markup in messages is shown as it was written, and does nothing', async ({ page, person }) => {
      const ann = await person('ann'), ben = await person('ben')
      const room = await ann.room('Pier', { members: [ben.id] })
      for (const text of html) await ben.send(room, text)
      await open(page, ann, `rooms/${room.id}`)
      for (const text of html) await expect(message(page, text)).toBeVisible()
      await ben.send(room, links)
      await expect(message(page, 'click')).toBeVisible()
      await expect(page.locator('.conversation .bubble :is(script, img:not([src^="/"]), svg, iframe, [style*="fixed"])')).toHaveCount(0)
      await expect(page.locator('.conversation .bubble a:not([href^="http"])')).toHaveCount(0)
      await write(page, html[1]!)
      await expect(message(page, html[1]!)).toHaveCount(2)
      await unharmed(page)
    })

    test('Very long words, many emoji, and letters of all directions and heights stay in their bubbles', async ({ page, person }) => {
      const ann = await person('ann'), ben = await person('ben')
      const room = await ann.room('Pier', { members: [ben.id] })
      await open(page, ann, `rooms/${room.id}`)
      await expect(composer(page)).toBeEditable()
      for (const text of ['x'.repeat(16_384), '🎉'.repeat(1000), `https://example.org/${'y'.repeat(2000)}`,
        '`' + 'c'.repeat(3000) + '`', '```\n' + 'd'.repeat(3000) + '\n```', '| a | b |\n|---|---|\n| ' + 'e'.repeat(500) + ' | f |',
        zalgo, bidi, '> '.repeat(200) + 'deep']) {
        const { seq } = await ben.send(room, text)
        await expect(page.locator(`.conversation [data-seq="${seq}"]`)).toBeInViewport()
        await unharmed(page)
      }
      await ben.send(room, 'the last')
      await expect(message(page, 'the last')).toBeInViewport()
    })

    test('Names of rooms and people are text as well, wherever they stand', async ({ page, person }) => {
      const ann = await person('ann'), mal = await person('mal', '<img src=x onerror=window.ran=1>')
      const rooms = [await mal.room('<script>window.ran=1</script>', { members: [ann.id], description: html.join(' ') })]
      for (const name of ['W'.repeat(80), '🎉'.repeat(40), `${zalgo.slice(0, 40)}`, 'ش'.repeat(60)])
        rooms.push(await mal.room(name, { members: [ann.id] }).catch(() => rooms[0]!))   // a server may refuse a name: then it does no harm
      await mal.ask('PATCH', `rooms/${rooms[0]!.id}`, { topic: html[1] })
      for (const room of rooms) await mal.send(room, 'hello')
      const direct = await mal.direct(ann)
      await mal.send(direct, 'psst')
      await open(page, ann, 'rooms')
      await expect(page.locator(`a[data-room="${rooms[0]!.id}"]`)).toContainText('<script>window.ran=1</script>')
      await unharmed(page)
      const screens = ['info', 'members'].map(pane => `rooms/${rooms[0]!.id}/${pane}`).concat('discover', 'contacts')
      for (const path of [...[...rooms, direct].map(room => `rooms/${room.id}`), ...screens]) {
        await page.goto(path)
        await expect(page.locator('h1').filter({ visible: true }).first()).toBeVisible()
        await unharmed(page)
      }
      await page.goto(`rooms/${direct.id}`)
      await expect(page.getByRole('heading', { name: '<img src=x onerror=window.ran=1>', level: 1 })).toBeVisible()
    })
  })
}
