import { waveformOf } from './waveform'

export interface Recording { file: File; duration: number; waveform: number[] }

const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus']
export const mostMinutes = 15

/** Whether this browser records at all. Only pages that came by https, or from the same machine, may. */
export const canRecord = (): boolean => 'MediaRecorder' in globalThis && !!navigator.mediaDevices?.getUserMedia

/** One recording of a voice, from the permission on. */
export class Recorder {
  readonly startedAt = performance.now()
  readonly #chunks: Blob[] = []
  readonly #samples: Uint8Array<ArrayBuffer>

  private constructor(
    private readonly stream: MediaStream, private readonly recorder: MediaRecorder, private readonly context: AudioContext,
    private readonly analyser: AnalyserNode,
  ) {
    this.#samples = new Uint8Array(analyser.fftSize)
    recorder.ondataavailable = ({ data }) => { if (data.size > 0) this.#chunks.push(data) }
    recorder.start(1000)
  }

  /** Throws a DOMException: `NotAllowedError` where the person, or the page's policy, says no. */
  static async start(): Promise<Recorder> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
    const mimeType = types.find(type => MediaRecorder.isTypeSupported(type))
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000, ...(mimeType ? { mimeType } : {}) })
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 1024
    context.createMediaStreamSource(stream).connect(analyser)
    return new Recorder(stream, recorder, context, analyser)
  }

  get seconds(): number { return (performance.now() - this.startedAt) / 1000 }

  /** How loud it is now, 0 to 1. */
  level(): number {
    this.analyser.getByteTimeDomainData(this.#samples)
    let most = 0
    for (const sample of this.#samples) most = Math.max(most, Math.abs(sample - 128))
    return Math.min(1, Math.sqrt(most / 128))
  }

  cancel(): void {
    this.recorder.ondataavailable = null
    if (this.recorder.state !== 'inactive') this.recorder.stop()
    this.#release()
  }

  async finish(name: string): Promise<Recording> {
    const seconds = this.seconds
    await new Promise<void>(done => {
      this.recorder.onstop = () => done()
      this.recorder.stop()
    })
    const type = this.recorder.mimeType.replace(/;.*/, '') || 'audio/webm'
    const file = new File(this.#chunks, `${name}.${type.split('/')[1] === 'mp4' ? 'm4a' : type.split('/')[1]}`, { type })
    try {
      const decoded = await this.context.decodeAudioData(await file.arrayBuffer())
      return { file, duration: decoded.duration, waveform: waveformOf(decoded.getChannelData(0)) }
    } catch {
      return { file, duration: seconds, waveform: [] }   // it is heard all the same
    } finally {
      this.#release()
    }
  }

  #release(): void {
    for (const track of this.stream.getTracks()) track.stop()
    if (this.context.state !== 'closed') void this.context.close()
  }
}
