import { deflateSync } from 'node:zlib'
import type { components } from 'maru-client'
import type { Person } from './people'
import type { Locator, Page } from '@playwright/test'

type FileInfo = components['schemas']['SentFile']
export interface Made { name: string; mimeType: string; buffer: Buffer }

/** A picture of a sunset over the sea: no two of another hue are alike. */
export function picture(name: string, width: number, height: number, hue = 0): Made {
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3
      const sea = y > height * 0.62
      const sun = Math.hypot(x - width / 2, y - height * 0.55) < Math.min(width, height) * 0.16
      const share = y / height
      const [r, g, b] = sun && !sea ? [255, 225, 150] : sea ? [40 + share * 40, 70 + (x % 23), 110 + ((y * 7) % 31)] : [235 - share * 60, 120 + share * 90, 90 + share * 60]
      const turned = [r, g, b].map((_, channel) => [r, g, b][(channel + hue) % 3]!)
      for (const [channel, value] of turned.entries()) rows[at + channel] = value
    }
  }
  return { name, mimeType: 'image/png', buffer: png(width, height, rows) }
}

function png(width: number, height: number, rows: Buffer): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(type), data])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc(body))
  return Buffer.concat([length, body, sum])
}

function crc(data: Buffer): number {
  let value = 0xffffffff
  for (const byte of data) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}

/** Some seconds of a tone that comes and goes. */
export function sound(name: string, seconds = 3): Made {
  const rate = 8000
  const samples = Buffer.alloc(rate * seconds)
  for (let at = 0; at < samples.length; at++) samples[at] = 128 + 90 * Math.sin(at / 4) * Math.abs(Math.sin(at / 2500))
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return { name, mimeType: 'audio/wav', buffer: Buffer.concat([head, samples]) }
}

/** Pages with a line of text each, in a font that the file does not bring. */
export function pdf(name: string, lines: string[]): Made {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${lines.length} /Kids [${lines.map((_, at) => `${4 + at * 2} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
  for (const [at, line] of lines.entries()) {
    const content = `0.85 0.45 0.15 rg 60 640 475 60 re f 0 g BT /F1 28 Tf 72 720 Td (${line}) Tj ET`
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + at * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`)
  }
  let text = '%PDF-1.4\n'
  const places: number[] = []
  for (const [at, object] of objects.entries()) {
    places.push(text.length)
    text += `${at + 1} 0 obj\n${object}\nendobj\n`
  }
  const table = places.map(place => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF`
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(text, 'latin1') }
}

export const text = (name: string, content: string): Made => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })

/** Uploads it as another program would. */
export async function upload(person: Person, made: Made, about: Record<string, string> = {}): Promise<FileInfo> {
  const body = new FormData()
  for (const [name, value] of Object.entries(about)) body.append(name, value)
  body.append('file', new Blob([new Uint8Array(made.buffer)], { type: made.mimeType }), made.name)
  const answer = await fetch(`${person.url}api/files`, { method: 'POST', body, headers: { Authorization: `Bearer ${person.token}` } })
  if (!answer.ok) throw new Error(`upload of ${made.name}: ${answer.status} ${await answer.text()}`)
  return await answer.json() as FileInfo
}

/** A message of somebody's with these files. */
export async function sendFiles(person: Person, room: { id: number }, made: Made[], said = '', about?: Record<string, string>) {
  const files: number[] = []
  for (const one of made) files.push((await upload(person, one, about)).id)
  return await person.send(room as never, said, { files } as never)
}

/** Drops files on an element, as from the desktop. */
export async function drop(page: Page, target: Locator, made: Made[], options: { only?: 'over' } = {}): Promise<void> {
  const transfer = await page.evaluateHandle(files => {
    const data = new DataTransfer()
    for (const { name, type, bytes } of files) data.items.add(new File([new Uint8Array(bytes)], name, { type }))
    return data
  }, made.map(one => ({ name: one.name, type: one.mimeType, bytes: [...one.buffer] })))
  for (const event of options.only ? ['dragenter', 'dragover'] : ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(event, { dataTransfer: transfer })
}
