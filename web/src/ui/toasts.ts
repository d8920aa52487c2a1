import { shallowRef } from 'vue'

export interface Toast {
  id: number
  text: string
  kind: 'info' | 'error'
  action?: { label: string; run: () => void } | undefined
}

const shown = shallowRef<readonly Toast[]>([])
const most = 3
let last = 0

/** What tells itself for some seconds at the edge of the page. Screen readers hear it. */
export const toasts = {
  shown,
  tell(text: string, options: { kind?: 'info' | 'error'; ms?: number; action?: Toast['action'] } = {}): () => void {
    const toast: Toast = { id: ++last, text, kind: options.kind ?? 'info', action: options.action }
    shown.value = [...shown.value.slice(1 - most), toast]
    const close = () => { shown.value = shown.value.filter(one => one !== toast) }
    setTimeout(close, options.ms ?? 6000)
    return close
  },
}
