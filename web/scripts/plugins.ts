// What the build adds to the bundle: the service worker with its list of files, the first script, and the licences of what is in it.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'
import * as mdi from '@mdi/js'

const mostBytes = 200_000   // larger files, such as the emoji's names, are kept when somebody has used them

export function serviceWorker(): Plugin {
  return {
    name: 'maru-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const hash = createHash('sha256')
      const files = ['./', 'maru.svg', 'maru-unread.svg', 'icon-192.png', 'manifest.webmanifest']
      for (const [file, made] of Object.entries(bundle).sort(([a], [b]) => a.localeCompare(b))) {
        const content = made.type === 'chunk' ? made.code : made.source
        if (/\.(js|css)$/.test(file) && content.length <= mostBytes) files.push(file)
        hash.update(file).update(content)
      }
      for (const file of readdirSync('public').sort()) hash.update(file).update(readFileSync(join('public', file)))
      const template = readFileSync('src/realtime/worker.js', 'utf8')
      hash.update(template)
      const source = template
        .replace('__VERSION__', hash.digest('hex').slice(0, 12))
        .replace("['__FILES__']", JSON.stringify(files))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}

/** The script that the page runs before it is drawn: a file of its own, since the server's policy allows none within the page. */
export function firstScript(): Plugin {
  const source = readFileSync('src/theme.js', 'utf8')
  const fileName = `assets/theme-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`
  return {
    name: 'maru-first-script',
    apply: 'build',
    buildStart() { this.emitFile({ type: 'asset', fileName, source }) },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `./${fileName}` }, injectTo: 'head' }],
  }
}

/** What PDFs want that bring no fonts of their own: letters of East Asian scripts, and the fonts that every reader has. */
export function pdfFiles(): Plugin {
  const folders = { cmaps: 'node_modules/pdfjs-dist/cmaps', fonts: 'node_modules/pdfjs-dist/standard_fonts' }
  return {
    name: 'maru-pdf-files',
    apply: 'build',
    generateBundle() {
      for (const [name, folder] of Object.entries(folders)) {
        for (const file of readdirSync(folder)) {
          this.emitFile({ type: 'asset', fileName: `pdf/${name}/${file}`, source: readFileSync(join(folder, file)) })
        }
      }
    },
  }
}

/**
 * Puts each icon into the modules that use it. As exports of one package they would all be in one file, which the first screen waits for.
 */
export function icons(): Plugin {
  const paths = mdi as Record<string, string>
  return {
    name: 'maru-icons',
    apply: 'build',
    enforce: 'post',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('@mdi/js')) return null
      const own = code.replace(/import\s*\{([^}]*)\}\s*from\s*['"]@mdi\/js['"];?/g, (_, names: string) => names.split(',')
        .map(name => name.trim()).filter(name => name !== '')
        .map(name => `const ${name} = ${JSON.stringify(paths[name])};`).join(' '))
      return { code: own, map: null }
    },
  }
}

export interface Licence { name: string; version: string; licence: string; text: string }

export function licences(): Plugin {
  return {
    name: 'maru-licences',
    apply: 'build',
    generateBundle() {
      const folders = new Set(['node_modules/@mdi/js'])   // whose icons are in our own modules by now
      for (const id of this.getModuleIds()) {
        const path = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]
        if (path) folders.add(path)
      }
      const found = new Map([...folders].map(licenceOf).filter(one => one !== null).map(one => [`${one.name} ${one.version}`, one]))
      const all = [...found.values()].sort((a, b) => a.name.localeCompare(b.name))
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(all) })
    },
  }
}

function licenceOf(folder: string): Licence | null {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return null
  const { name, version, license } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string; license?: string }
  if (!name || !version) return null
  const file = readdirSync(dirname(path)).find(one => /^licen[sc]e/i.test(one))
  return { name, version, licence: license ?? '', text: file ? readFileSync(join(folder, file), 'utf8').trim() : '' }
}
