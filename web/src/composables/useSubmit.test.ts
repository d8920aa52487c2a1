import { expect, test } from 'vitest'
import { useSubmit } from './useSubmit'

test('It is busy until the work ends, keeps what went wrong, and forgets it with the next try', async () => {
  const { busy, failed, run } = useSubmit()
  const wrong = new Error('refused')
  const first = run(() => Promise.reject(wrong))
  expect(busy.value).toBe(true)
  await first
  expect([busy.value, failed.value]).toEqual([false, wrong])
  const second = run(() => Promise.resolve())
  expect(failed.value).toBe(null)
  await second
  expect(busy.value).toBe(false)
})
