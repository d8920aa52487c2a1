import { expect, open, test } from './kit/test'

// The number of a request's trace, from the page to the server's problem and back to the person.

const form = /^00-([0-9a-f]{32})-[0-9a-f]{16}-00$/

test('Each request and each SEND begins a trace, and the server knows its number', async ({ page, person }) => {
  const ann = await person()
  const room = await ann.room('Harbour')
  const requests: string[] = [], frames: string[] = []
  page.on('request', request => {
    if (!/\/api\//.test(request.url()) || request.resourceType() !== 'fetch') return
    requests.push(request.headers()['traceparent'] ?? request.url())
  })
  page.on('websocket', socket => socket.on('framesent', ({ payload }) => frames.push(String(payload))))
  await open(page, ann, `rooms/${room.id}`)
  const box = page.getByRole('main').getByRole('textbox').first()
  await expect(box).toBeEditable()
  await box.fill('hello')
  await page.keyboard.press('Enter')
  await expect.poll(() => frames.some(frame => /^SEND\n(.+\n)*traceparent:00-[0-9a-f]{32}-[0-9a-f]{16}-00\n/.test(frame))).toBe(true)
  expect(requests.length).toBeGreaterThan(2)
  for (const one of requests) expect(one).toMatch(form)
  expect(new Set(requests).size).toBe(requests.length)

  const answer = page.waitForResponse(response => /\/api\/rooms\/999999/.test(response.url()) && response.status() === 404)
  await page.goto('rooms/999999')
  const refused = await answer
  const [, number] = form.exec(refused.request().headers()['traceparent'] ?? '') ?? []
  expect((await refused.json() as { traceId: string }).traceId).toContain(number)
})

test('A fault of the server is shown with the number of its trace', async ({ page }) => {
  let number = ''
  await page.route('**/api/auth/login', async route => {
    const traceparent = route.request().headers()['traceparent'] ?? ''
    number = form.exec(traceparent)?.[1] ?? 'none'
    const problem = { type: 'internal', title: 'It failed.', status: 500, traceId: traceparent }
    await route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  })
  await page.goto('sign-in')
  await page.getByLabel(/handle/i).first().fill('ann')
  await page.getByLabel(/^password/i).first().fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await expect(page.getByRole('alert')).toContainText('Error number:')
  await expect(page.getByRole('alert')).toContainText(number)
})
