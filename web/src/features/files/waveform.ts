/** As many bars as there is room for, of those that there are; 0 to 100 each, and none so small that it cannot be seen. */
export function barsOf(waveform: readonly number[], count: number): number[] {
  if (waveform.length === 0) return Array.from({ length: count }, () => 8)
  return Array.from({ length: count }, (_, at) => {
    const [from, to] = [Math.floor(at * waveform.length / count), Math.max(1, Math.ceil((at + 1) * waveform.length / count))]
    const part = waveform.slice(Math.min(from, waveform.length - 1), Math.max(from + 1, to))
    return Math.max(8, Math.min(100, Math.max(...part)))
  })
}

/** How loud a recording is over its time: at most `count` numbers from 0 to 100, the loudest of which is 100. */
export function waveformOf(samples: Float32Array, count = 64): number[] {
  const size = Math.max(1, Math.floor(samples.length / count))
  const loud = Array.from({ length: Math.min(count, Math.ceil(samples.length / size)) }, (_, at) => {
    let sum = 0
    const end = Math.min(samples.length, (at + 1) * size)
    for (let place = at * size; place < end; place++) sum += (samples[place] ?? 0) ** 2
    return Math.sqrt(sum / Math.max(1, end - at * size))
  })
  const most = Math.max(...loud, 0.01)   // silence stays silence
  return loud.map(value => Math.round(Math.sqrt(value / most) * 100))
}
