import type { FileInfo } from 'maru-client'
import { maru } from '@/client'
import { fitted } from './album'

export const addressOf = (file: Pick<FileInfo, 'url'>, size?: 'small' | 'large'): string => maru.files.address(file, size)

/** A picture in two sizes, of which the browser takes the one that is sharp enough. */
export function sourcesOf(file: FileInfo): { src: string; srcset?: string } {
  if (file.mediaType === 'image/gif' && file.size < 5_000_000) return { src: addressOf(file) }   // the smaller ones do not move
  const [small, large] = [addressOf(file, 'small'), addressOf(file, 'large')]
  return { src: small, srcset: `${small} ${fitted(file, 480)}w, ${large} ${fitted(file, 1600)}w` }
}

/** Saves it, whatever it is. */
export function download(file: FileInfo): void {
  const link = document.createElement('a')
  link.href = addressOf(file)
  link.download = file.name
  link.click()
}
