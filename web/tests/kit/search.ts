import type { Locator, Page } from '@playwright/test'
import { sendFiles, text } from './files'
import type { Person } from './people'
import { expect } from './test'

export const panel = (page: Page): Locator => page.getByRole('search', { name: 'Search messages' })
export const field = (page: Page): Locator => panel(page).getByRole('textbox', { name: 'Search messages' })
export const hits = (page: Page): Locator => page.getByRole('list', { name: 'Results' }).getByRole('link')
export const filters = (page: Page): Locator => panel(page).getByRole('group', { name: 'Filters' })
export const option = (page: Page, name: string): Locator => page.getByRole('option', { name })

/** Until the index has it, which follows within a second. */
export async function isFound(person: Person, q: string): Promise<void> {
  const find = async () => (await person.ask<{ items: unknown[] }>('GET', `search?q=${encodeURIComponent(q)}`)).items.length
  await expect.poll(find).toBeGreaterThan(0)
}

/** Two people, two rooms, and what they said there. */
export async function talk(person: (handle?: string, name?: string) => Promise<Person>) {
  const ann = await person('ann'), ben = await person('ben', 'Ben Okafor')
  const pier = await ben.room('Pier', { members: [ann.id] })
  const office = await ann.room('서울 오피스', { members: [ben.id] })
  const lunch = await ben.send(pier, '내일 도시락 싸 올게요')
  await ann.send(pier, '도시락 좋아요, 몇 시에 먹을까요?')
  await ben.sendMany(pier, 60, number => `Talk of the day, number ${number}`)
  await ann.send(office, '도시락 가게가 문을 열었대요')
  await sendFiles(ben, office, [text('lunch-menu.txt', 'rice')], 'The menu')
  await isFound(ann, 'lunch')
  return { ann, ben, pier, office, lunch }
}
