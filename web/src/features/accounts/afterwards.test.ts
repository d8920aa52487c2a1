import { expect, test } from 'vitest'
import { afterwards, isInvitation } from './afterwards'

test.each([
  ['/rooms/7', '/rooms/7'], ['/invite#abc', '/invite#abc'], ['//evil.example', '/rooms'], ['/\\evil.example', '/rooms'],
  ['https://evil.example', '/rooms'], ['javascript:alert(1)', '/rooms'], [undefined, '/rooms'],
])('From %s to %s', (to, path) => {
  expect(afterwards({ query: to === undefined ? {} : { to } })).toBe(path)
  expect(isInvitation({ query: to === undefined ? {} : { to } })).toBe(path.startsWith('/invite'))
})
