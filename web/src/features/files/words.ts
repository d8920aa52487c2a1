import type { FileInfo } from 'maru-client'
import { brief } from '@/features/messages/text/brief'
import { lookOf } from './kinds'

type T = (key: string, values?: Record<string, unknown>) => string
export interface Said { text: string; files?: readonly FileInfo[] | undefined }

/** Files in a line: a photo, a voice message, a name. Nothing where there are none. */
export function filesInWords(files: readonly FileInfo[] = [], t: T): string {
  const [first] = files
  if (!first) return ''
  const look = lookOf(first)
  const same = files.every(file => lookOf(file) === look)
  if (files.length === 1) return look === 'picture' || look === 'video' || look === 'voice' ? t(`files.one.${look}`) : first.name
  if (same && (look === 'picture' || look === 'video')) return t(`files.many.${look}`, { count: files.length })
  return t('files.many.file', { count: files.length })
}

/** A message in one line, for lists, quotes and notifications: what it says, or else the files that it brings. */
export function inWords({ text, files }: Said, t: T, most?: number): string {
  return brief(text, most) || filesInWords(files, t)
}
