import { ref } from 'vue'

/** The message under the pointer, by its key: its tools alone show, not also those of one that has the focus. */
export const hovered = ref<string | null>(null)
