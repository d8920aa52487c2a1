import { nextTick, onMounted, watch, type Ref } from 'vue'

/** A text area that is as high as its text, up to a bound that its style sets. */
export function useGrowing(area: Readonly<Ref<HTMLTextAreaElement | null>>, text: Ref<string>) {
  const fit = () => {
    const element = area.value
    if (!element || CSS.supports('field-sizing', 'content')) return   // then the style alone does it
    element.style.blockSize = 'auto'
    element.style.blockSize = `${element.scrollHeight + 2}px`
  }
  watch(text, () => nextTick(fit))
  onMounted(fit)
}
