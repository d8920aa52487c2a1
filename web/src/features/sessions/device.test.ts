import { expect, test } from 'vitest'
import { deviceOf } from './device'

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36', 'Chrome', 'Linux'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0', 'Edge', 'Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile', 'Safari', 'iPhone'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox', 'Mac'],
])('%s', (name, browser, system) => {
  const cut = name.includes('iPhone') ? `${name} Safari/604.1` : name
  expect(deviceOf(cut.slice(0, 200))).toEqual({ browser, system })
})

test('A name of its own stands for itself', () => {
  expect(deviceOf('laptop')).toBeNull()
  expect(deviceOf('Mozilla/5.0 (something)')).toBeNull()
})
