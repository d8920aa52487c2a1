/** Draws a picture anew: smaller, turned upright, without what it says about its place. */
export interface Job {
  id: number
  file: Blob
  /** px of the longer side */
  most: number
  quality: number
  /** Only a square of it, from there, as shares of the picture's shorter side. */
  crop?: { x: number; y: number; size: number }
}
export interface Answer { id: number; blob: Blob | null }

const scope = self as unknown as { onmessage: (event: MessageEvent<Job>) => void; postMessage(answer: Answer): void }

scope.onmessage = async ({ data }) => {
  let blob: Blob | null = null
  try {
    blob = await draw(data)
  } catch {
    // no picture, or one that the browser cannot read: it goes as it is
  }
  scope.postMessage({ id: data.id, blob })
}

async function draw({ file, most, quality, crop }: Job): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const shorter = Math.min(bitmap.width, bitmap.height)
  const [x, y, width, height] = crop
    ? [crop.x * shorter, crop.y * shorter, crop.size * shorter, crop.size * shorter]
    : [0, 0, bitmap.width, bitmap.height]
  const scale = Math.min(1, most / Math.max(width, height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))
  const context = canvas.getContext('2d')
  if (!context) return null
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, x, y, width, height, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality })
  if (blob.type === 'image/webp') return blob
  // Browsers that write no WebP write PNG instead, which is larger than what came. JPEG has nothing that one can see through.
  return /jpeg|hei[cf]/.test(file.type) ? await canvas.convertToBlob({ type: 'image/jpeg', quality }) : null
}
