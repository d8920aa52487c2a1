let context: AudioContext | undefined

/** Two soft notes. Browsers allow it once the person has touched the page; before that it is silent. */
export function ping(): void {
  context ??= new AudioContext()
  const { currentTime } = context
  for (const [at, pitch] of [[0, 660], [0.12, 880]] as const) {
    const tone = new OscillatorNode(context, { frequency: pitch })
    const volume = new GainNode(context, { gain: 0 })
    volume.gain.setValueAtTime(0, currentTime + at)
    volume.gain.linearRampToValueAtTime(0.08, currentTime + at + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.0001, currentTime + at + 0.3)
    tone.connect(volume).connect(context.destination)
    tone.start(currentTime + at)
    tone.stop(currentTime + at + 0.32)
  }
}
