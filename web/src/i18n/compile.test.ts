import { expect, test } from 'vitest'
import { createApp, h } from 'vue'
import { createI18n, I18nT } from 'vue-i18n'
import { compile } from './compile'

const texts = {
  plain: 'Hello', named: 'Hello {name}!', two: '{a} and {b}', list: '{0}, {1}', literal: 'ann{\'@\'}example.org', at: 'Find @ann',
  forms: 'One room | {n} rooms', three: 'none | one | {n} of them',
}
const ours = createI18n({ legacy: false, locale: 'en', messages: { en: texts }, messageCompiler: compile }).global

test('Texts are put together as vue-i18n does', () => {
  expect(ours.t('plain')).toBe('Hello')
  expect(ours.t('named', { name: '<b>' })).toBe('Hello <b>!')
  expect(ours.t('two', { a: 1, b: 2 })).toBe('1 and 2')
  expect(ours.t('list', ['x', 'y'])).toBe('x, y')
  expect(ours.t('literal')).toBe('ann@example.org')
  expect(ours.t('at')).toBe('Find @ann')
})

test('Numbers choose their form', () => {
  expect(ours.t('forms', 1)).toBe('One room')
  expect(ours.t('forms', 7)).toBe('7 rooms')
  expect(ours.t('forms', { n: '1,000' }, 1000)).toBe('1,000 rooms')
  expect([0, 1, 2].map(n => ours.t('three', n))).toEqual(['none', 'one', '2 of them'])
})

test('Elements stand where a text has a place for them', async () => {
  const page = document.createElement('p')
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: texts }, messageCompiler: compile })
  const render = () => h(I18nT, { keypath: 'two', scope: 'global' }, { a: () => h('b', 'Ann'), b: () => 'Ben' })
  createApp({ render }).use(i18n).mount(page)
  expect(page.innerHTML).toBe('<b>Ann</b> and Ben')
})
