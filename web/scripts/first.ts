import type { Plugin, Rolldown } from 'vite'
import screens from './first.json' with { type: 'json' }

/** What the page of a room needs: the entry, the frame around all screens, and the room. */
const roots = ['src/main.ts', ...screens]

type Context = { getModuleInfo(id: string): { importedIds: string[] } | null }

/** Libraries of which a first room needs little, and a dialog or a menu the rest. */
const later = /node_modules\/(reka-ui|@floating-ui|@vueuse|@internationalized|aria-hidden|ohash|defu)/

let reached: Set<string> | null = null

function walk(context: Context, folder: string): Set<string> {
  const found = new Set<string>()
  const open = roots.map(root => `${folder}/${root}`)
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue
    found.add(id)
    open.push(...context.getModuleInfo(id)?.importedIds ?? [])
  }
  return found
}

/** One file instead of sixty small ones, each of which costs a round trip on a slow network. */
export function firstChunk(folder: string) {
  return (id: string, context: unknown): string | null => {
    reached ??= walk(context as Context, folder)
    return reached.has(id) && !later.test(id) ? 'app' : null
  }
}

function neededBy(chunks: Rolldown.OutputChunk[], name: string): Rolldown.OutputChunk[] {
  const found = new Set(chunks.filter(chunk => chunk.name === name))
  for (const chunk of found) for (const other of chunks) if (chunk.imports.includes(other.fileName)) found.add(other)
  return [...found]
}

/** The page names what a first room needs, so that all of it comes at once and not one after the other. */
export function preloadFirst(): Plugin {
  return {
    name: 'preload-first-room',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((one): one is Rolldown.OutputChunk => one.type === 'chunk')
        return neededBy(chunks, 'app').flatMap(chunk => [
          { tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${chunk.fileName}` }, injectTo: 'head' as const },
          ...[...chunk.viteMetadata?.importedCss ?? []].map(file => ({
            tag: 'link', attrs: { rel: 'stylesheet', crossorigin: true, href: `./${file}` }, injectTo: 'head' as const,
          })),
        ]).filter(tag => !html.includes(tag.attrs.href))
      },
    },
  }
}
