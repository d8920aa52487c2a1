import type { Answer, Job } from './shrink.worker'

const large = 1024 * 1024
export const mostPixels = 2560
const quality = 0.85
const patience = 30_000   // ms: a picture that takes longer goes as it is

let worker: Worker | null = null
let last = 0
const waiting = new Map<number, (answer: Answer) => void>()

/** Draws a picture anew in a worker, so that the page does not stand still. Null: the browser cannot. */
export async function redraw(job: Omit<Job, 'id'>): Promise<Blob | null> {
  if (typeof OffscreenCanvas === 'undefined' || typeof Worker === 'undefined') return null
  if (!worker) {
    worker = new Worker(new URL('./shrink.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Answer>) => waiting.get(data.id)?.(data)
    worker.onerror = () => {
      for (const [id, done] of waiting) done({ id, blob: null })
      worker = null
    }
  }
  const id = ++last
  const answer = await new Promise<Answer>(done => {
    waiting.set(id, done)
    setTimeout(() => done({ id, blob: null }), patience)
    worker?.postMessage({ ...job, id } satisfies Job)
  })
  waiting.delete(id)
  return answer.blob
}

/** A picture as small as it may be without looking worse in a chat; the same one where nothing is won. */
export async function shrink(file: File): Promise<Blob> {
  // What servers and other browsers take for no picture becomes one here, where this browser can read it.
  if (/^image\/(heic|heif|avif|bmp|tiff)$/.test(file.type)) return await redraw({ file, most: mostPixels, quality }) ?? file
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || await isAnimated(file)) return file
  const size = await sizeOf(file)
  if (size !== null && file.size <= large && Math.max(size.width, size.height) <= mostPixels) return file
  const smaller = await redraw({ file, most: mostPixels, quality })
  return smaller && smaller.size < file.size ? smaller : file
}

/** Pixels; null: the browser cannot read it. */
async function sizeOf(file: File): Promise<{ width: number; height: number } | null> {
  if (file.size > large) return null   // it is drawn anew in any case
  try {
    const bitmap = await createImageBitmap(file)
    const { width, height } = bitmap
    bitmap.close()
    return { width, height }
  } catch {
    return null
  }
}

/** GIFs are not asked. */
export async function isAnimated(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer())
  const text = Array.from(head, byte => String.fromCharCode(byte)).join('')
  if (text.startsWith('RIFF')) return text.startsWith('WEBPVP8X', 8) && ((head[20] ?? 0) & 2) !== 0
  return text.startsWith('\x89PNG') && text.includes('acTL')
}
