import { AxeBuilder } from '@axe-core/playwright'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { languages, screensOf, show, sizes, themes, type Size } from './kit/screens'
import { tell, type Story } from './kit/story'
import { expect, test, type Page } from './kit/test'

// Every screen, in both themes and languages and three sizes: nothing for axe to find, nothing cut off or untranslated, and a picture of it
// in screenshots/, to be looked at.

const stories = new Map<string, Promise<Story>>()
const names = screensOf({ harbour: { id: 1 }, seoul: {}, direct: {}, quiet: {}, photos: {} } as Story).map(screen => screen.name)

// SCREENS=all: every combination, 300 pictures. Otherwise five in which each theme, language and size comes with the others.
const some = [
  ['phone', 'light', 'en'], ['phone', 'dark', 'ko'], ['tablet', 'dark', 'en'], ['desktop', 'light', 'ko'], ['desktop', 'dark', 'en'],
] as const
const all = (Object.keys(sizes) as Size[])
  .flatMap(size => themes.flatMap(theme => languages.map(language => [size, theme, language] as const)))

for (const [size, theme, language] of process.env.SCREENS === 'all' ? all : some) {
  test.describe(`${size}, ${theme}, ${language}`, () => {
    test.use({ hasTouch: size === 'phone', isMobile: size === 'phone', locale: language === 'ko' ? 'ko-KR' : 'en-US' })
    for (const name of names) {
      test(name, async ({ page, server }) => {
        let telling = stories.get(server.url)
        if (!telling) stories.set(server.url, telling = tell(server.url))
        const story = await telling
        const screen = screensOf(story).find(one => one.name === name)!
        await show(page, screen, story.ann, theme, language, size)
        await page.screenshot({ path: `screenshots/${name}-${size}-${theme}-${language}.png`, animations: 'disabled' })
        expect(await overflow(page), 'wider than the window').toEqual([])
        expect(await untranslated(page), 'untranslated').toEqual([])
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' | ')}`)).toEqual([])
      })
    }
  })
}

/** What reaches over the window's edge, and cannot be scrolled to. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth > innerWidth) return [`page: ${document.documentElement.scrollWidth}`]
    return [...document.querySelectorAll<HTMLElement>('button, a, input, h1, h2, [role=tab]')].filter(element => {
      const box = element.getBoundingClientRect()
      if (box.width === 0 || getComputedStyle(element).visibility === 'hidden') return false
      if (box.right <= innerWidth + 1 && box.left >= -1) return false
      return !element.closest('[role=tablist], .scroll-x, .visually-hidden, pre') && !element.matches('.visually-hidden, .skip')
    }).map(element => element.outerHTML.slice(0, 160))
  })
}

/** Keys of texts that show as they are: rooms.title. */
function untranslated(page: Page): Promise<string[]> {
  const slices = readdirSync(join(import.meta.dirname, '../src/features'))
  const key = `\\b(ui|${slices.join('|')})\\.[a-z][A-Za-z.-]+`
  return page.evaluate(source => document.body.innerText.match(new RegExp(source, 'g')) ?? [], key)
}
