import { composer, expect, message, open, test, type Page } from './kit/test'

// Korean is composed: the Enter that ends a syllable belongs to the input method, not to the room.

async function method(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  const compose = (text: string) =>
    devtools.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  return {
    compose,
    /** As Chrome tells it: the key belongs to the composition, then what was composed is in the field. */
    async enter(text: string) {
      const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
      await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
      await devtools.send('Input.insertText', { text })
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, windowsVirtualKeyCode: 13 })
    },
    /** An Enter while there is a composition, told as any other key. */
    async plainEnter() {
      const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 }
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', text: '\r', ...key })
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
    },
  }
}

/** The next stroke is another one than that which ended the composition. */
const nextStroke = (page: Page) => page.evaluate(async () => {
  for (const from = performance.now(); performance.now() - from < 80;) await new Promise(requestAnimationFrame)
})

test('The Enter that ends a syllable sends nothing, the next one sends all', async ({ page, person }) => {
  const ann = await person()
  const room = await ann.room('부두')
  await open(page, ann, `rooms/${room.id}`)
  await composer(page).focus()
  const input = await method(page)
  for (const text of ['ㅎ', '하', '한']) await input.compose(text)
  await input.enter('한')
  for (const text of ['ㄱ', '그', '글']) await input.compose(text)
  await input.enter('글')
  await expect(composer(page)).toHaveValue('한글')
  await nextStroke(page)
  await page.keyboard.press('Enter')
  await expect(message(page, '한글')).toBeVisible()
  await expect(composer(page)).toHaveValue('')
  expect((await ann.history(room)).items.filter(one => one.kind === 'message').map(one => one.text)).toEqual(['한글'])
})

test('An Enter amid a composition sends no half syllable', async ({ page, person }) => {
  const ann = await person()
  const room = await ann.room('부두')
  await open(page, ann, `rooms/${room.id}`)
  await composer(page).focus()
  const input = await method(page)
  await page.keyboard.insertText('안녕')
  for (const text of ['ㅎ', '하']) await input.compose(text)
  await input.plainEnter()
  await expect(composer(page)).toHaveValue(/^안녕하/)
  await ann.send(room, 'a mark')   // what was sent before it would stand before it
  await expect(message(page, 'a mark')).toBeVisible()
  await expect(page.locator('.conversation article')).toHaveCount(1)
})

test('A syllable that is composed chooses no name and no room by its Enter', async ({ page, person }) => {
  const ann = await person('ann'), minji = await person('minji', '김민지')
  const room = await ann.room('부두', { members: [minji.id] })
  await open(page, ann, `rooms/${room.id}`)
  await composer(page).focus()
  const input = await method(page)
  await page.keyboard.insertText('@')
  for (const text of ['ㄱ', '기', '김']) await input.compose(text)
  await expect(page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option', { name: /김민지/ })).toBeVisible()
  await input.enter('김')
  await expect(composer(page)).toHaveValue('@김')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  const box = page.getByRole('combobox', { name: 'Jump to a room, a person or a screen' })
  await expect(box).toBeFocused()
  for (const text of ['ㅂ', '부']) await input.compose(text)
  await expect(page.getByRole('option', { name: /부두/ })).toBeVisible()
  await input.enter('부')
  await expect(box).toHaveValue('부')
  await nextStroke(page)
  await page.keyboard.press('Enter')
  await expect(box).toHaveCount(0)
})
