import vue from 'eslint-plugin-vue'
import { defineConfig, globalIgnores } from 'eslint/config'
import typescript from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['**/dist/', 'packages/maru-client/src/schema.ts', 'screenshots/', 'test-results/']),
  typescript.configs.recommended,
  vue.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: typescript.parser } } },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'no-undef': 'off',
      'max-len': ['error', { code: 140, ignoreUrls: true }],
      'max-lines': ['error', { max: 300 }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['warn', { html: { void: 'never', normal: 'always', component: 'always' } }],
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      'vue/html-closing-bracket-newline': ['warn', { singleline: 'never', multiline: 'never' }],
      'vue/first-attribute-linebreak': 'off',
      'vue/html-indent': ['warn', 2, { alignAttributesVertically: false }],
      'vue/define-macros-order': ['error', { order: ['defineOptions', 'defineProps', 'defineEmits', 'defineModel', 'defineSlots'] }],
      'vue/no-unused-refs': 'error',
    },
  },
  { files: ['tests/**'], rules: { 'max-len': ['error', { code: 200, ignoreUrls: true }] } },   // sentences of a flow, one a line
)
