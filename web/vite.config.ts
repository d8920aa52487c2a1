import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { firstChunk, preloadFirst } from './scripts/first.ts'
import { firstScript, icons, licences, pdfFiles, serviceWorker } from './scripts/plugins.ts'

// Where the server listens while the pages are developed (`npm run dev`).
const server = process.env.MARU_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    vue(),
    icons(),
    firstScript(),
    licences(),
    pdfFiles(),
    serviceWorker(),
    preloadFirst(),
  ],
  base: './',   // the server may lie below a path: addresses are relative to the page's <base>
  resolve: {
    alias: { '@': fileURLToPath(new URL('src', import.meta.url)) },
    conditions: ['maru-source', 'module', 'browser', 'import', 'default'],
  },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,   // src/i18n/compile.ts is ours
  },
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],   // light-dark(), which the colours are made of
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: { output: { advancedChunks: { groups: [{ name: firstChunk(import.meta.dirname) }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': server,
      '/openapi': server,
      '/health': server,
      '/ws': { target: server, ws: true },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
  },
})
