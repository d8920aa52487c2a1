import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { environment: 'node', include: ['tests/**/*.test.ts'], testTimeout: 30_000, fileParallelism: false } })
