/** How a picture lies in its window: `scale` 1 fits it in; x and y are px from the middle. */
export interface View { scale: number; x: number; y: number }
export interface Size { width: number; height: number }

export const whole: View = { scale: 1, x: 0, y: 0 }
export const mostScale = 8

/** The picture as large as it is at scale 1. */
export function fit(picture: Size, window: Size): Size {
  const scale = Math.min(window.width / picture.width, window.height / picture.height, 1)
  return { width: picture.width * scale, height: picture.height * scale }
}

/** No further than to its edges, and in the middle where it is smaller than the window. */
export function within(view: View, fitted: Size, window: Size): View {
  const scale = Math.min(mostScale, Math.max(1, view.scale))
  const most = (length: number, of: number) => Math.max(0, (length * scale - of) / 2)
  const [x, y] = [most(fitted.width, window.width), most(fitted.height, window.height)]
  return { scale, x: Math.min(x, Math.max(-x, view.x)), y: Math.min(y, Math.max(-y, view.y)) }
}

/** Larger or smaller by a factor, with the point under the pointer (px from the middle) staying where it is. */
export function zoomAt(view: View, factor: number, point: { x: number; y: number }): View {
  const scale = Math.min(mostScale, Math.max(1, view.scale * factor))
  const by = scale / view.scale
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by }
}
