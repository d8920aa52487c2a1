import { sendFiles, text } from './kit/files'
import { field, filters, hits, isFound, option, talk } from './kit/search'
import { sizes } from './kit/screens'
import { expect, open, test } from './kit/test'

// What narrows a search, by chips and by what is typed, and how hits show why they are there.

test('Chips say from whom, where, when and with what, and go by the keyboard', async ({ page, person }) => {
  const { ann, ben } = await talk(person)
  await open(page, ann, 'search')
  await field(page).fill('도시락')
  await expect(hits(page)).toHaveCount(3)

  await filters(page).getByRole('button', { name: 'From', exact: true }).click()
  await page.getByRole('combobox', { name: 'From whom' }).fill(ben.handle)
  await expect(option(page, `@${ben.handle}`)).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(hits(page)).toHaveCount(1)
  await expect(hits(page)).toContainText('싸 올게요')
  await expect(filters(page).getByRole('button', { name: 'From Ben Okafor', exact: true })).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(hits(page)).toHaveCount(3)
  await expect(filters(page).getByRole('button', { name: 'From', exact: true })).toBeFocused()

  await filters(page).getByRole('button', { name: 'In', exact: true }).click()
  await page.getByRole('combobox', { name: 'In which room' }).fill('ㅅㅇ')
  await option(page, '서울 오피스').click()
  await expect(hits(page)).toHaveCount(1)
  await expect(hits(page)).toContainText('가게가')

  await field(page).fill('')
  await filters(page).getByRole('button', { name: 'Files' }).click()
  await expect(hits(page)).toHaveCount(1)
  await expect(hits(page)).toContainText('lunch-menu.txt')
  await field(page).press('Backspace')   // the last one: files
  await expect(hits(page)).toHaveCount(0)
  await expect(page.getByText('What for?')).toBeVisible()
  await field(page).fill('도시락')
  await filters(page).getByRole('button', { name: 'Date', exact: true }).click()
  await page.getByRole('button', { name: 'Yesterday' }).click()
  await expect(page.getByText('Nothing found').last()).toBeVisible()
  await page.getByRole('button', { name: 'Search in all rooms' }).click()
  await page.getByRole('button', { name: 'Search without filters' }).click()
  await expect(hits(page)).toHaveCount(3)
  await filters(page).getByRole('button', { name: 'Date', exact: true }).click()
  await page.getByRole('button', { name: 'Today' }).click()
  await expect(hits(page)).toHaveCount(3)
})

test('Those who wrote what was found are offered, also where it is found after one has asked', async ({ page, person }) => {
  const { ann } = await talk(person)
  await open(page, ann, 'search')
  let go: () => void = () => undefined
  const gate = new Promise<void>(done => { go = done })
  await page.route('**/api/search?*', async route => {
    await gate
    await route.continue()
  })
  await field(page).fill('도시락')
  await filters(page).getByRole('button', { name: 'From', exact: true }).click()
  await expect(option(page, 'Ann')).toBeVisible()
  await expect(option(page, 'Ben Okafor')).toHaveCount(0)
  go()
  await expect(option(page, 'Ben Okafor')).toBeVisible()
})

test('Typed operators work, and what cannot be searched for is explained', async ({ page, person }) => {
  const { ann, ben } = await talk(person)
  await open(page, ann, 'search')
  await field(page).fill(`from:@${ben.handle} 도시락`)
  await expect(hits(page)).toHaveCount(1)
  await field(page).fill('도시락 -가게')
  await expect(hits(page)).toHaveCount(2)
  await field(page).fill('도시락 in:PIER')
  await expect(hits(page)).toHaveCount(2)
  await expect(hits(page).first()).toContainText('Pier')
  await field(page).fill('in:"서울 오피스" 도시락')
  await expect(hits(page)).toHaveCount(1)
  await expect(hits(page)).toContainText('가게가')
  await field(page).fill('in:pier')
  await expect(page.getByText('What for?')).toBeVisible()
  await field(page).fill('before:yesterday x')
  await expect(page.getByText('This cannot be searched for')).toBeVisible()
  await field(page).fill('zebra')
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
})

test('The name of a file shows that it was found by it, before other files of the message', async ({ page, person }) => {
  const { ann, ben, pier } = await talk(person)
  await sendFiles(ben, pier, ['a.txt', 'b.txt', 'c.txt', '부두 지도 final, reviewed by everybody at the harbour.txt'].map(name => text(name, 'x')), 'Maps')
  await isFound(ann, 'reviewed')
  await open(page, ann, 'search')
  await field(page).fill('menu')
  await expect(hits(page).locator('.text mark')).toHaveText('menu')
  await expect(hits(page).locator('.file mark')).toHaveText('menu')
  await field(page).fill('지도')
  await expect(hits(page).locator('.file').first()).toContainText('부두 지도 final')
  await expect(hits(page).locator('mark')).toHaveText('지도')
  await expect(hits(page)).toContainText('and one more file')
  await page.setViewportSize(sizes.phone)
  await field(page).fill('everybody')
  await expect(hits(page).locator('.file').first()).toHaveText(/^…\S.*everybody at the harbour\.txt$/)
  const [mark, file] = [hits(page).locator('mark'), hits(page).locator('.file').first()]
  expect((await mark.boundingBox())!.x + (await mark.boundingBox())!.width).toBeLessThan((await file.boundingBox())!.x + (await file.boundingBox())!.width)
})
