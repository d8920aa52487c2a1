// The size budget: fails when a person would load more than this before their first room shows.
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

const budget = { '.js': 200_000, '.css': 40_000 }   // bytes after gzip
const manifest = JSON.parse(await readFile('dist/.vite/manifest.json', 'utf8'))

// What the page of a room needs: the entry, the frame around all screens, the room, and one language.
const first = ['index.html', ...JSON.parse(await readFile('scripts/first.json', 'utf8')), 'src/i18n/ko.ts']
const files = new Set()
const seen = new Set()
function add(key) {
  if (seen.has(key)) return
  seen.add(key)
  const chunk = manifest[key]
  if (!chunk) throw new Error(`${key} is not in the build: correct the list of what a room needs in scripts/sizes.mjs`)
  files.add(chunk.file)
  for (const css of chunk.css ?? []) files.add(css)
  for (const other of chunk.imports ?? []) add(other)
}
for (const key of first) add(key)

let failed = false
for (const [kind, limit] of Object.entries(budget)) {
  const sizes = await Promise.all([...files].filter(file => file.endsWith(kind))
    .map(async file => [file, gzipSync(await readFile(`dist/${file}`), { level: 9 }).length]))
  const sum = sizes.reduce((total, [, size]) => total + size, 0)
  for (const [file, size] of sizes.sort((a, b) => b[1] - a[1])) console.log(`  ${(size / 1000).toFixed(1).padStart(7)} kB  ${file}`)
  console.log(`${kind.slice(1)} before the first room: ${(sum / 1000).toFixed(1)} kB of ${limit / 1000} kB (gzip)`)
  failed ||= sum > limit
}
if (failed) {
  console.error('The client is too large: load what is not needed for the first room later.')
  process.exit(1)
}
