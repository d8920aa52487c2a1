import { getDocument, GlobalWorkerOptions, type PDFDocumentLoadingTask, type PDFDocumentProxy } from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'

GlobalWorkerOptions.workerSrc = workerUrl

/** Opens a PDF part by part. Nothing in it runs: no scripts, no forms, and no program code for pictures that the page's policy forbids. */
export function openPdf(url: string): PDFDocumentLoadingTask {
  return getDocument({
    url, withCredentials: true, enableXfa: false, useWasm: false, isEvalSupported: false, stopAtErrors: false,
    cMapUrl: new URL('pdf/cmaps/', document.baseURI).href, cMapPacked: true,
    standardFontDataUrl: new URL('pdf/fonts/', document.baseURI).href,
  })
}

const mostPixels = 8_000_000   // of one page

export async function drawPage(pdf: PDFDocumentProxy, number: number, canvas: HTMLCanvasElement, width: number): Promise<void> {
  const page = await pdf.getPage(number)
  const plain = page.getViewport({ scale: 1 })
  const wanted = width / plain.width * Math.min(2, devicePixelRatio)
  const scale = Math.min(wanted, Math.sqrt(mostPixels / (plain.width * plain.height)))
  const viewport = page.getViewport({ scale })
  canvas.width = Math.floor(viewport.width)
  canvas.height = Math.floor(viewport.height)
  await page.render({ canvas, viewport }).promise
  page.cleanup()
}

export async function sizesOf(pdf: PDFDocumentProxy): Promise<number> {
  const { width, height } = (await pdf.getPage(1)).getViewport({ scale: 1 })
  return width / height
}
