import type { Locator } from '@playwright/test'
import { composer, expect, message, open, test, type Page } from './kit/test'
import { Person } from './kit/people'

/** Presses the key until the focus is at the place; not for ever. */
async function walk(page: Page, key: string, place: Locator): Promise<void> {
  await expect(place).toBeVisible()
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press(key)
    if (await place.evaluate(one => one === document.activeElement)) return
  }
  throw new Error(`${key} does not lead there`)
}

test('Signing in, opening a room, writing, reacting and editing need no pointer', async ({ page, person }) => {
  const ann = await person('ann'), ben = await person('ben')
  const room = await ben.room('Lighthouse', { members: [ann.id] })
  await ben.send(room, 'The lamp is on')
  await page.goto('sign-in')
  await expect(page.getByLabel('Handle or e-mail address')).toBeFocused()
  await page.keyboard.type(ann.handle)
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
  await page.keyboard.type(Person.password)
  await page.keyboard.press('Enter')
  await expect(page.locator(`a[data-room="${room.id}"]`)).toBeVisible()

  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Jump to a room, a person or a screen' })).toBeFocused()
  await page.keyboard.type('lighth')
  await expect(page.getByRole('option', { name: /Lighthouse/ })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`rooms/${room.id}`)
  await expect(composer(page)).toBeFocused()
  await page.keyboard.type('I see it')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('from here')
  await page.keyboard.press('Enter')
  await expect(message(page, 'I see it')).toContainText(/I see it\s*from here/)
  await expect(composer(page)).toHaveValue('')

  await walk(page, 'Shift+Tab', page.getByRole('region', { name: 'Messages in Lighthouse' }))
  await page.keyboard.press('End')
  await expect(message(page, 'I see it')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(message(page, 'The lamp is on')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Add a reaction' })).toBeVisible()
  await page.keyboard.type('Add')
  await expect(page.getByRole('menuitem', { name: 'Add a reaction' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Search for an emoji' })).toBeFocused()
  await page.keyboard.type('light bulb')
  await expect(page.getByRole('gridcell').first()).toContainText('💡')
  await page.keyboard.press('Enter')
  await expect(message(page, 'The lamp is on').getByRole('button', { name: '💡, 1 person' })).toBeVisible()
  await expect(message(page, 'The lamp is on')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('e')
  await expect(composer(page)).toBeFocused()
  await expect(composer(page)).toHaveValue('I see it\nfrom here')
  await page.keyboard.press('Escape')
  await expect(composer(page)).toHaveValue('')
})

test('A dialog keeps the focus within, and gives it back where it was', async ({ page, person }) => {
  const ann = await person('ann')
  await open(page, ann)
  await page.getByRole('button', { name: /profile, settings, sign out/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()
  await page.keyboard.press('End')
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Sign out?' })
  await expect(dialog).toBeVisible()
  for (let press = 0; press < 6; press++) {
    await page.keyboard.press('Tab')
    expect(await dialog.evaluate(one => one.contains(document.activeElement))).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('button', { name: /profile, settings, sign out/ })).toBeFocused()
})

test('A menu within a menu goes in and back, and does what it says', async ({ page, person }) => {
  const ann = await person('ann')
  const room = await ann.room('Lighthouse')
  await open(page, ann, `rooms/${room.id}`)
  await page.getByRole('button', { name: 'More about Lighthouse' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'About this room' })).toBeVisible()
  await page.keyboard.type('Mute')
  await expect(page.getByRole('menuitem', { name: 'Mute' })).toBeFocused()
  await page.keyboard.press('Enter')
  const menu = page.getByRole('menu', { name: 'Mute' })
  await expect(menu.getByRole('menuitem', { name: 'Mute' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menu', { name: 'More about Lighthouse' }).getByRole('menuitem', { name: 'Mute' })).toBeFocused()
  await page.keyboard.press('Enter')
  await menu.getByRole('menuitem', { name: 'For 8 hours' }).press('Enter')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await page.getByRole('button', { name: 'More about Lighthouse' }).click()
  await expect(page.getByRole('menuitem', { name: 'About this room' })).toBeVisible()       // it begins anew
  const now = async () => (await ann.ask<{ items: { id: number; settings?: { muteUntil?: string } }[] }>('GET', 'me/rooms')).items
  await expect.poll(async () => (await now()).find(one => one.id === room.id)?.settings?.muteUntil ?? '').toContain('T')
})
