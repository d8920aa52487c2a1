import type { FileInfo } from 'maru-client'
import { describe, expect, it } from 'vitest'
import { albumRows, boxOf, fitted } from './album'
import { isShown, kindOf, lookOf } from './kinds'
import { clock, sizeText } from './sizes'
import { barsOf, waveformOf } from './waveform'
import { filesInWords, inWords } from './words'
import { fit, whole, within, zoomAt } from './zoom'

const file = (kind: FileInfo['kind'], name = 'a', more: Partial<FileInfo> = {}): FileInfo =>
  ({ id: 1, kind, name, mediaType: 'application/octet-stream', size: 1, url: '/api/files/1', ...more })
const t = (key: string, values: Record<string, unknown> = {}) => [key, ...Object.values(values)].join(' ')

describe('albums', () => {
  it('have all pictures, in rows of at most three', () => {
    for (let count = 1; count <= 14; count++) {
      expect(albumRows(count).reduce((sum, row) => sum + row, 0)).toBe(count)
      expect(Math.max(...albumRows(count))).toBeLessThanOrEqual(3)
    }
  })

  it('give a single picture a box that keeps its shape, within bounds', () => {
    expect(boxOf({ width: 1200, height: 900 })).toEqual({ width: 360, ratio: 4 / 3 })
    expect(boxOf({ width: 900, height: 1800 })).toEqual({ width: 200, ratio: 0.5 })
    expect(boxOf({ width: 100, height: 9000 }).ratio).toBe(0.5)
    expect(boxOf({ width: 9000, height: 100 }).ratio).toBe(2.4)
    expect(boxOf({ width: 16, height: 16 }).width).toBe(220)
    expect(boxOf({}).ratio).toBeCloseTo(4 / 3)
  })

  it('know how wide a smaller one is', () => {
    expect(fitted({ width: 4000, height: 1000 }, 480)).toBe(480)
    expect(fitted({ width: 1000, height: 4000 }, 480)).toBe(120)
    expect(fitted({ width: 300, height: 200 }, 480)).toBe(300)
    expect(fitted({}, 480)).toBe(480)
  })
})

describe('files', () => {
  it.each([
    [file('image'), 'picture'], [file('video'), 'video'], [file('audio'), 'audio'], [file('audio', 'v', { waveform: [1] }), 'voice'],
    [file('document', 'x', { mediaType: 'application/pdf' }), 'pdf'], [file('document', 'a.b', { mediaType: 'text/plain' }), 'text'],
    [file('document', 'main.rs'), 'text'], [file('document', 'x.exe'), 'other'],
    [file('document', 'x', { mediaType: 'application/zip' }), 'archive'],
    [file('document', 'x.hwpx', { mediaType: 'application/hwp+zip' }), 'words'],
    [file('document', 'x.xlsx', { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }), 'sheet'],
    [file('document', 'a.pptx', { mediaType: 'application/vnd.openxmlformats-officedocument.presentationml.presentation' }), 'slides'],
  ] as const)('%# look like what they are', (one, look) => expect(lookOf(one)).toBe(look))

  it('that run as pages elsewhere are no more than text here', () => {
    expect(isShown(file('document', 'page.html', { mediaType: 'text/html' }))).toBe(true)
    expect(lookOf(file('document', 'page.html', { mediaType: 'text/html' }))).toBe('text')
    expect(kindOf('image/svg+xml')).toBe('document')
    expect(kindOf('image/png')).toBe('image')
  })

  it('are said in a line', () => {
    const [photo, voice, other] = [file('image'), file('audio', 'v', { waveform: [] }), file('document', '계획.pdf')]
    expect(filesInWords([photo], t)).toBe('files.one.picture')
    expect(filesInWords([photo, photo], t)).toBe('files.many.picture 2')
    expect(filesInWords([voice], t)).toBe('files.one.voice')
    expect(filesInWords([other], t)).toBe('계획.pdf')
    expect(filesInWords([photo, other], t)).toBe('files.many.file 2')
    expect(filesInWords([], t)).toBe('')
    expect(inWords({ text: 'Hello **Ben**', files: [photo] }, t)).toBe('Hello Ben')
    expect(inWords({ text: '', files: [photo] }, t)).toBe('files.one.picture')
  })

  it('have sizes and lengths that people read', () => {
    expect([0, 999, 1000, 1_500_000, 10_485_760].map(size => sizeText(size, 'en'))).toEqual(['0 B', '999 B', '1 KB', '1.4 MB', '10 MB'])
    expect([0, 9.6, 65, 3723, Infinity].map(clock)).toEqual(['0:00', '0:10', '1:05', '1:02:03', '0:00'])
  })
})

describe('waveforms', () => {
  it('are at most 64 numbers from 0 to 100, the loudest of which is 100', () => {
    const samples = Float32Array.from({ length: 10_000 }, (_, at) => Math.sin(at) * (at / 10_000) * 0.2)
    const bars = waveformOf(samples)
    expect(bars).toHaveLength(64)
    expect(Math.max(...bars)).toBe(100)
    expect(bars.every(bar => Number.isInteger(bar) && bar >= 0 && bar <= 100)).toBe(true)
    expect(bars[5]).toBeLessThan(bars[60]!)
  })

  it('of silence are silent, and of a moment short', () => {
    expect(waveformOf(new Float32Array(1000)).every(bar => bar === 0)).toBe(true)
    expect(waveformOf(new Float32Array(10)).length).toBeLessThanOrEqual(64)
    expect(waveformOf(new Float32Array(0))).toEqual([])
  })

  it('are drawn in as many bars as there is room for', () => {
    expect(barsOf([], 5)).toEqual([8, 8, 8, 8, 8])
    expect(barsOf([0, 100], 4)).toEqual([8, 8, 100, 100])
    expect(barsOf(Array.from({ length: 64 }, (_, at) => at), 40)).toHaveLength(40)
    expect(Math.max(...barsOf(Array.from({ length: 64 }, (_, at) => at), 40))).toBe(63)
  })
})

describe('the viewer', () => {
  const window = { width: 1000, height: 800 }
  const fitted = fit({ width: 2000, height: 1000 }, window)

  it('fits a picture in, and never makes a small one larger', () => {
    expect(fitted).toEqual({ width: 1000, height: 500 })
    expect(fit({ width: 10, height: 10 }, window)).toEqual({ width: 10, height: 10 })
  })

  it('keeps the point under the pointer where it is', () => {
    const point = { x: 200, y: -100 }
    const near = zoomAt(whole, 2, point)
    expect(near).toEqual({ scale: 2, x: -200, y: 100 })
    expect((point.x - near.x) / near.scale).toBe(point.x)
  })

  it('goes no further than to the edges, and not beyond its bounds', () => {
    expect(within({ scale: 2, x: 9999, y: 9999 }, fitted, window)).toEqual({ scale: 2, x: 500, y: 100 })
    const back = within({ scale: 0.2, x: 50, y: 50 }, fitted, window)
    expect([back.scale, Math.abs(back.x), Math.abs(back.y)]).toEqual([1, 0, 0])
    expect(within({ scale: 99, x: 0, y: 0 }, fitted, window).scale).toBe(8)
  })
})
