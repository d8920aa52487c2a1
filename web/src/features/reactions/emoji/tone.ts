import { ref, watch } from 'vue'

const key = 'maru.emoji.tone'

function read(): number {
  try {
    const tone = Number(localStorage.getItem(key))
    return tone >= 0 && tone <= 5 ? tone : 0
  } catch {
    return 0
  }
}

/** The tone of skin that the person likes, 0 for none: on this browser. */
export const tone = ref(read())
watch(tone, value => {
  try {
    localStorage.setItem(key, String(value))
  } catch {
    // private mode: it lasts as long as the page
  }
})
