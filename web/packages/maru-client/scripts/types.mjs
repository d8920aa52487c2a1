// Writes src/schema.ts from the server's OpenAPI document; with --check it only compares, for CI.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const source = new URL('../../../../docs/protocols/openapi.json', import.meta.url)
const target = new URL('../src/schema.ts', import.meta.url)

const head = '// Generated from docs/protocols/openapi.json by `npm run types`: not by hand.\n\n'
const text = head + astToString(await openapiTS(source))

if (process.argv.includes('--check')) {
  const present = await readFile(target, 'utf8').catch(() => '')
  if (present !== text) {
    console.error('src/schema.ts is not that of docs/protocols/openapi.json: run `npm run types`.')
    process.exit(1)
  }
} else {
  await writeFile(target, text)
}
