import { picture, text } from './files'
import { Person } from './people'
import type { Story } from './story'
import { expect, open, type Page } from './test'

export const themes = ['light', 'dark'] as const
export const languages = ['en', 'ko'] as const
export const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1440, height: 900 },
} as const

export type Size = keyof typeof sizes

/** One thing to look at: a path, and what is done there before the picture is taken. */
export interface Screen {
  name: string
  path: string
  /** Shown to somebody who is not signed in. */
  out?: boolean
  /** What must be seen before the screen counts as there. */
  ready?: (page: Page) => Promise<void>
  act?: (page: Page) => Promise<void>
}

const sees = (text: string) => async (page: Page) => { await expect(page.getByText(text).first()).toBeVisible() }
const heading = async (page: Page) => { await expect(page.getByRole('heading').first()).toBeVisible() }
const messages = async (page: Page) => {
  await expect(page.locator('.conversation article').last()).toBeVisible()
}

/** So many pictures have come, and nothing jumps any more. */
const pictures = (count: number, within = '.conversation') => async (page: Page) => {
  await expect.poll(() => page.locator(`${within} .picture.there`).count()).toBeGreaterThanOrEqual(count)
}

/** Searches for it, until the index has it. */
const searches = (text: string, then?: (page: Page) => Promise<void>) => async (page: Page) => {
  const field = page.getByRole('search').locator('input')
  await expect(async () => {
    await field.fill('')
    await field.fill(text)
    await expect(page.locator('[data-hit]').first()).toBeVisible({ timeout: 1500 })
  }).toPass()
  await then?.(page)
}

/** Every screen of the client, in the state in which the story leaves it. */
export function screensOf(story: Story): Screen[] {
  const room = `rooms/${story.harbour.id}`
  return [
    { name: 'sign-in', path: 'sign-in', out: true, ready: heading },
    { name: 'sign-up', path: 'sign-up', out: true, ready: heading },
    { name: 'invite-signed-out', path: `invite#${story.code}`, out: true, ready: heading },
    { name: 'rooms', path: 'rooms', ready: sees('서울 오피스') },
    { name: 'room', path: room, ready: messages },
    { name: 'room-message', path: `${room}/${story.root}`, ready: sees('Thread for the crane') },
    { name: 'room-korean', path: `rooms/${story.seoul.id}`, ready: sees('칼국수') },
    { name: 'room-direct', path: `rooms/${story.direct.id}`, ready: sees('berth plan') },
    { name: 'room-read-only', path: `rooms/${story.quiet.id}`, ready: sees('Faster start') },
    { name: 'room-photos', path: `rooms/${story.photos.id}`, ready: pictures(1) },
    { name: 'room-documents', path: `rooms/${story.photos.id}/2`, ready: sees('berth plan 2026.pdf') },
    { name: 'room-files', path: `rooms/${story.photos.id}/files`, ready: pictures(6, '.room-files') },
    {
      name: 'viewer', path: `rooms/${story.photos.id}`, ready: pictures(1),
      act: async page => {
        await page.locator('.conversation .picture.there').last().click()
        await expect(page.locator('.viewer .sheet img')).toBeVisible()
      },
    },
    {
      name: 'composer-files', path: `rooms/${story.photos.id}`, ready: pictures(1),
      act: async page => {
        await page.locator('.conversation input[data-attach]').setInputFiles([
          picture('dock.png', 400, 300, 1), picture('ropes.png', 300, 400, 2), text('packing list.txt', 'rope\nanchor'),
        ])
        await expect(page.locator('.tile.done')).toHaveCount(3)
      },
    },
    { name: 'thread', path: `${room}/thread/${story.root}`, ready: sees('Insurance papers') },
    { name: 'room-info', path: `${room}/info`, ready: heading },
    { name: 'room-members', path: `${room}/members`, ready: sees('Lucía Fernández') },
    { name: 'room-settings', path: `${room}/settings`, ready: heading },
    { name: 'room-pins', path: `${room}/pins`, ready: heading },
    { name: 'search', path: 'search', ready: heading },
    { name: 'search-hits', path: 'search', ready: heading, act: searches('the') },
    {
      name: 'search-people', path: 'search', ready: heading,
      act: searches('the', async page => {
        await page.locator('.search-filters button').first().click()
        await expect(page.getByRole('option').nth(1)).toBeVisible()
      }),
    },
    {
      name: 'search-dates', path: `${room}/search`, ready: heading,
      act: searches('the', async page => {
        await page.locator('.search-filters button').nth(2).click()
        await expect(page.locator('.date-picker')).toBeVisible()
      }),
    },
    {
      name: 'search-files', path: 'search', ready: heading,
      act: searches('berth', async page => {
        await page.locator('.search-filters button').nth(3).click()
        await expect(page.locator('[data-hit] .file')).toHaveCount(2)
        await expect(page.locator('[data-hit]')).toHaveCount(2)
      }),
    },
    {
      name: 'search-hit', path: `${room}/search`, ready: heading,
      act: searches('tide', async page => {
        await page.locator('[data-hit]').last().click()
        await expect(page.locator('.conversation article').first()).toBeVisible()
      }),
    },
    {
      name: 'search-recent', path: 'search', ready: heading,
      act: searches('the', async page => {
        const field = page.getByRole('search').locator('input')
        await field.press('Enter')
        await field.fill('')
        await expect(page.locator('.recent-searches li').first()).toBeVisible()
      }),
    },
    {
      name: 'search-nothing', path: `${room}/search`, ready: heading,
      act: async page => {
        await page.getByRole('search').locator('input').fill('zebra')
        await expect(page.locator('.search-results .empty')).toBeVisible()
      },
    },
    { name: 'discover', path: 'discover', ready: sees('Book club') },
    { name: 'new-room', path: 'new', ready: heading },
    { name: 'invite-signed-in', path: `invite#${story.code}`, ready: heading },
    { name: 'contacts', path: 'contacts', ready: heading },
    { name: 'activity', path: 'activity', ready: heading },
    { name: 'profile', path: 'me', ready: heading },
    {
      name: 'crop', path: 'me', ready: heading,
      act: async page => {
        await page.locator('input[data-picture]').setInputFiles(picture('me.png', 900, 500))
        await expect(page.getByRole('dialog').getByRole('slider')).toBeVisible()
      },
    },
    { name: 'settings', path: 'settings', ready: heading },
    { name: 'sessions', path: 'sessions', ready: heading },
    { name: 'about', path: 'about', ready: heading },
    { name: 'not-found', path: 'nothing/here', ready: heading },
    { name: 'switcher', path: room, ready: messages, act: async page => { await page.keyboard.press('Control+k') } },
  ]
}

/** Opens the screen with the theme and language that the person would have chosen. */
export async function show(
  page: Page, screen: Screen, person: Person, theme: string, language: string, size: Size,
): Promise<void> {
  await page.setViewportSize(sizes[size])
  await page.addInitScript(values => localStorage.setItem('maru.preferences', JSON.stringify(values)), { theme, language })
  if (screen.out) await page.goto(screen.path)
  else await open(page, person, screen.path)
  await screen.ready?.(page)
  await screen.act?.(page)
  await page.evaluate(() => {
    const moves = document.getAnimations().map(one => one.finished.catch(() => undefined))
    return Promise.all([document.fonts.ready, ...moves])
  })
}
