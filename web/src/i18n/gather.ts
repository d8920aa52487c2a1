/** Puts the texts of all slices under their names: features/rooms/texts.en.ts becomes rooms.… */
export function gather(modules: Record<string, { default: object }>): Record<string, object> {
  return Object.fromEntries(Object.entries(modules).map(([path, module]) => [path.split('/').at(-2), module.default]))
}
